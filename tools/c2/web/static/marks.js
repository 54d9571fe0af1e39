// The marks of the map. Each differs from the others by its shape, not by its colour alone.
import { colour } from "./colours.js";

const RADIAN = Math.PI / 180;
const RINGS_M = [500, 1000, 2000, 5000];
const VERDICTS = { green: "green", amber: "amber", red: "red", revoked: "red", quiet: "dim" };

// Where an azimuth leads, `radius` pixels on.
export function along(x, y, radius, azimuthDeg) {
  return [x + radius * Math.sin(azimuthDeg * RADIAN), y - radius * Math.cos(azimuthDeg * RADIAN)];
}

export function wedge(context, x, y, radius, track, shade, strong) {
  const sigma = track.sigma_azimuth_deg ?? 0;
  context.fillStyle = shade;
  for (const [sigmas, alpha] of [[2, 0.1], [1, 0.12]]) {
    const half = Math.min(sigmas * sigma, 180);
    context.globalAlpha = strong ? 2 * alpha : alpha;
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, radius, (track.azimuth_deg - half - 90) * RADIAN, (track.azimuth_deg + half - 90) * RADIAN);
    context.fill();
  }
  context.globalAlpha = strong ? 0.95 : 0.6;
  stroke(context, shade, strong ? 1.8 : 1, track.state === "confirmed" ? [] : [5, 4], [[x, y], along(x, y, radius, track.azimuth_deg)]);
}

// Waves to both sides of a node: it hears a radio link, from no direction that it knows.
export function waves(context, x, y, shade, strong) {
  context.globalAlpha = strong ? 1 : 0.75;
  for (const side of [0, 180]) {
    for (const radius of [10.5, 14]) {
      context.beginPath();
      context.arc(x, y, radius, (side - 40) * RADIAN, (side + 40) * RADIAN);
      stroke(context, shade, strong ? 2.4 : 1.6, []);
    }
  }
}

// The part of a direction, from `near` to `far` pixels on, where it may be by its size.
export function hint(context, x, y, [near, far], azimuthDeg, shade) {
  context.globalAlpha = 0.7;
  stroke(context, shade, 4, [], [along(x, y, near, azimuthDeg), along(x, y, far, azimuthDeg)]);
}

export function ellipse(context, x, y, view, one, shade, dashed) {
  if (one.sigma_major_m === null || one.sigma_minor_m === null) return;
  const [major, minor] = [one.sigma_major_m, one.sigma_minor_m].map((sigma) => view.pixels(2 * sigma, one.at));
  context.beginPath();
  context.ellipse(x, y, major, minor, ((one.major_axis_deg ?? 0) - 90) * RADIAN, 0, 2 * Math.PI);
  context.fillStyle = shade;
  context.globalAlpha = 0.08;
  context.fill();
  context.globalAlpha = 0.55;
  stroke(context, shade, 1, dashed ? [4, 4] : []);
}

export function trail(context, view, points, x, y, shade, strong) {
  context.globalAlpha = strong ? 0.8 : 0.4;
  stroke(context, shade, strong ? 2 : 1.4, [], [...points.map((point) => [view.x(point), view.y(point)]), [x, y]]);
}

export function path(context, view, points, shade) {
  context.globalAlpha = 0.9;
  stroke(context, shade, 2, [2, 3], points.map((point) => [view.x(point), view.y(point)]));
}

// The pilot: a ring on legs, with a thin line to the aircraft.
export function operator(context, x, y, aircraftX, aircraftY, shade, strong) {
  context.globalAlpha = strong ? 0.9 : 0.45;
  stroke(context, shade, 1, [1, 4], [[x, y], [aircraftX, aircraftY]]);
  context.globalAlpha = 0.95;
  context.beginPath();
  context.arc(x, y - 4.5, 2.6, 0, 2 * Math.PI);
  context.moveTo(x - 5, y + 6);
  context.quadraticCurveTo(x, y - 6, x + 5, y + 6);
  stroke(context, shade, 1.6, []);
}

// An arrowhead along its course, a diamond while it hovers; hollow when lost or not yet sure; a broken ring when suspected.
export function aircraft(context, x, y, track, shade, chosen, suspected) {
  context.save();
  context.translate(x, y);
  if (suspected || chosen) ring(context, suspected ? shade : colour("ink"), suspected ? [4, 3] : [], chosen ? 13 : 11);
  const hovers = track.course_deg === null || track.speed_mps < 0.5;
  context.rotate((hovers ? 0 : track.course_deg) * RADIAN);
  polygon(context, hovers ? [[0, -6], [6, 0], [0, 6], [-6, 0]] : [[0, -9], [6, 7], [0, 3.5], [-6, 7]]);
  context.fillStyle = track.state === "confirmed" ? shade : colour("ground");
  context.fill();
  stroke(context, track.state === "confirmed" ? colour("ground") : shade, 1.4, track.state === "lost" ? [2, 2] : []);
  context.restore();
}

export function crossing(context, x, y, shade, chosen) {
  context.save();
  context.translate(x, y);
  if (chosen) ring(context, colour("ink"), [], 13);
  for (const [ink, width] of [[colour("ground"), 6], [shade, 3]]) {
    context.globalAlpha = 1;
    context.beginPath();
    context.moveTo(-6, -6);
    context.lineTo(6, 6);
    context.moveTo(6, -6);
    context.lineTo(-6, 6);
    stroke(context, ink, width, []);
  }
  context.restore();
}

// A ring with a dot, and a hand along its course; broken while it may be a ghost.
export function object(context, x, y, one, shade, chosen) {
  context.save();
  context.translate(x, y);
  if (chosen) ring(context, colour("ink"), [], 14);
  for (const [ink, width] of [[colour("ground"), 5], [shade, 2.4]]) {
    context.beginPath();
    context.arc(0, 0, 7, 0, 2 * Math.PI);
    stroke(context, ink, width, one.ambiguous ? [3, 2.5] : []);
    if (one.speed_mps >= 0.5) stroke(context, ink, width, [], [along(0, 0, 7, one.course_deg), along(0, 0, 17, one.course_deg)]);
  }
  context.beginPath();
  context.arc(0, 0, 2.2, 0, 2 * Math.PI);
  context.fillStyle = shade;
  context.fill();
  context.restore();
}

// A disc when green, a triangle when amber, a diamond when red, a crossed diamond when revoked, a broken ring when silent.
export function node(context, x, y, mark, chosen) {
  const shade = colour(VERDICTS[mark] ?? "dim");
  context.save();
  context.translate(x, y);
  if (chosen) ring(context, colour("ink"), [], 14);
  if (mark === "amber") polygon(context, [[0, -8], [8, 7], [-8, 7]]);
  else if (mark === "red" || mark === "revoked") polygon(context, [[0, -9], [9, 0], [0, 9], [-9, 0]]);
  else {
    context.beginPath();
    context.arc(0, 0, 7, 0, 2 * Math.PI);
  }
  context.fillStyle = mark === "quiet" ? colour("ground") : shade;
  context.fill();
  stroke(context, mark === "quiet" ? shade : colour("ground"), 2, mark === "quiet" ? [3, 2.5] : []);
  if (mark === "revoked") stroke(context, colour("ground"), 2.4, [], [[-4, -4], [4, 4]], [[4, -4], [-4, 4]]);
  context.restore();
}

export function rings(context, x, y, view, at, shade) {
  context.fillStyle = shade;
  context.textAlign = "center";
  context.font = "11px system-ui, sans-serif";
  for (const metres of RINGS_M) {
    const radius = view.pixels(metres, at);
    context.globalAlpha = 0.7;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    stroke(context, shade, 1, [2, 5]);
    context.fillText(metres < 1000 ? `${metres} m` : `${metres / 1000} km`, x, y - radius - 4);
  }
}

function ring(context, shade, dash, radius) {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  stroke(context, shade, 1.8, dash);
}

function polygon(context, corners) {
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y);
  context.closePath();
}

// Strokes these lines, or the path that was begun; leaves the context opaque and undashed.
function stroke(context, shade, width, dash, ...lines) {
  if (lines.length) context.beginPath();
  for (const line of lines) line.forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.strokeStyle = shade;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}
