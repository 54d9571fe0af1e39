// The sky above the node: the zenith in the middle, the horizon at the rim, low heights drawn wide, for there drones fly.
import { drawn, fill, setText } from "./dom.js";
import { kindOf } from "./words.js";

const RIM = 150;
const BEND = 0.6;
const RINGS_DEG = [0, 15, 30, 60];
const FIRST_BAND = RIM + 6;
const BAND = 7;
const MOST_BANDS = 5;
const TRAIL_MS = 60000;
const MOST_LABELS = 14;
const LOOKS_AND_LISTENS = ["sound", "sight"];
const SIGMAS = 2;

const SHAPES = {
  unknown: "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
  known: "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0zM-2.5 0a2.5 2.5 0 1 1 5 0a2.5 2.5 0 1 1-5 0z",
  zone: "M-5-5h10v10h-10z",
  silent: "M0-7L6.5 5h-13z",
  spoof: "M0-8L8 0L0 8L-8 0zM0-5L-5 0L0 5L5 0z",
  other: "M-5-3.5L-3.5-5L0-1.5L3.5-5L5-3.5L1.5 0L5 3.5L3.5 5L0 1.5L-3.5 5L-5 3.5L-1.5 0z",
};

const radius = (elevation) => RIM * (1 - (Math.max(0, Math.min(90, elevation)) / 90) ** BEND);

function at(azimuth, far) {
  const turn = (azimuth * Math.PI) / 180;
  return [far * Math.sin(turn), -far * Math.cos(turn)];
}

const path = (points) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;

function sector(middle, width, near, far) {
  const step = Math.max(2, Math.ceil(width / 5));
  const arc = (away) => Array.from({ length: step + 1 }, (_, k) => at(middle - width / 2 + (width * k) / step, away));
  return `${path(arc(far))}L${path(arc(near).reverse()).slice(1)}z`;
}

function ellipse(mark) {
  const points = [];
  for (let k = 0; k < 32; k++) {
    const [a, b] = [Math.cos((k * Math.PI) / 16), Math.sin((k * Math.PI) / 16)];
    const off = mark.correlation * a + Math.sqrt(1 - mark.correlation ** 2) * b;
    const up = mark.elevation_deg + SIGMAS * mark.sigma_elevation_deg * off;
    points.push(at(mark.azimuth_deg + SIGMAS * mark.sigma_azimuth_deg * a, radius(up)));
  }
  return `${path(points)}z`;
}

export class Sky {
  constructor(svg) {
    this.svg = svg;
    this.trails = new Map();
    this.cover = drawn("g", { class: "cover" });
    this.bands = drawn("g", { class: "bands" });
    this.spread = drawn("g", { class: "spread" });
    this.paths = drawn("g", { class: "trails" });
    this.marks = drawn("g", { class: "marks" });
    this.empty = drawn("text", { class: "empty", y: 4 });
    svg.replaceChildren(pattern(), drawn("circle", { r: RIM, class: "blind" }), this.cover, grid(), this.bands, this.spread, this.paths, this.marks, this.empty);
  }

  // `front`: nobody knows where north is, and angles count from the vehicle's front.
  draw(marks, coverage, front) {
    const reference = front ? "vehicle" : "true_north";
    const shown = marks.filter((one) => one.azimuth_deg != null && one.reference === reference);
    this.drawCover(coverage.filter((one) => one.reach_m > 0 && LOOKS_AND_LISTENS.includes(one.sense) && placed(one, reference)));
    this.drawBands(coverage.slice(0, MOST_BANDS), reference);
    this.drawMarks(shown);
    for (const letter of this.svg.querySelectorAll(".north")) setText(letter, front ? "front" : "N");
    return shown.length;
  }

  drawCover(covering) {
    fill(this.cover, covering, () => drawn("path", { class: "lit" }), (element, one) => {
      const [low, high] = [Math.max(0, one.lowest_elevation_deg), Math.min(90, one.highest_elevation_deg)];
      element.setAttribute("d", high > low ? sector(one.azimuth_deg, Math.min(one.width_deg, 360), radius(high), radius(low)) : "");
    });
  }

  drawBands(coverage, reference) {
    fill(this.bands, coverage, () => drawn("path", {}), (element, one) => {
      const near = FIRST_BAND + BAND * [...this.bands.children].indexOf(element);
      const known = placed(one, reference);
      const covers = one.reach_m > 0 && known;
      element.setAttribute("class", covers ? "covers" : "blind");
      element.setAttribute("d", sector(known ? one.azimuth_deg : 0, covers ? Math.min(one.width_deg, 360) : 360, near, near + BAND - 2));
    });
  }

  drawMarks(shown) {
    const now = performance.now();
    const still = new Set(shown.map((one) => one.number));
    for (const number of this.trails.keys()) if (!still.has(number)) this.trails.delete(number);
    for (const one of shown) {
      const trail = this.trails.get(one.number) ?? [];
      trail.push([now, at(one.azimuth_deg, radius(one.elevation_deg ?? 0))]);
      this.trails.set(one.number, trail.filter(([then]) => now - then < TRAIL_MS));
    }
    fill(this.spread, shown, () => drawn("path", {}), (element, one) => {
      element.setAttribute("class", kindOf(one));
      const wide = Math.min(2 * SIGMAS * one.sigma_azimuth_deg, 359.9);
      element.setAttribute("d", one.elevation_deg == null ? sector(one.azimuth_deg, wide, RIM / 5, RIM) : ellipse(one));
    });
    fill(this.paths, shown, () => drawn("path", {}), (element, one) => {
      element.setAttribute("class", kindOf(one));
      element.setAttribute("d", path(this.trails.get(one.number).map(([, place]) => place)));
    });
    this.label(shown);
  }

  // Labels give way to each other: the more important stands, the next moves down a line or goes without.
  label(shown) {
    const taken = [];
    fill(this.marks, shown, () => drawn("g", {}, drawn("path", {}), drawn("text", {})), (element, one) => {
      const [x, y] = at(one.azimuth_deg, radius(one.elevation_deg ?? 0));
      const [shape, text] = element.children;
      const kind = kindOf(one);
      element.setAttribute("class", `${kind} ${one.state}`);
      element.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      shape.setAttribute("d", SHAPES[kind]);
      const name = String(one.number);
      const left = x > 40;
      const box = [left ? x - 10 - 7.5 * name.length : x + 10, left ? x - 10 : x + 10 + 7.5 * name.length];
      const line = [4, 16, -8, 28].find((down) => !taken.some(([a, b, height]) => a < box[1] && b > box[0] && Math.abs(height - y - down) < 12));
      const labelled = line != null && taken.length < MOST_LABELS;
      if (labelled) taken.push([...box, y + line]);
      text.setAttribute("x", left ? -10 : 10);
      text.setAttribute("y", line ?? 0);
      text.setAttribute("text-anchor", left ? "end" : "start");
      setText(text, labelled ? name : "");
    });
  }
}

const placed = (one, reference) => one.width_deg >= 360 || one.reference === reference;

export function glyph(kind) {
  return drawn("svg", { viewBox: "-10 -10 20 20", class: `glyph ${kind}`, "aria-hidden": "true" }, drawn("path", { d: SHAPES[kind] }));
}

export function reshape(element, kind) {
  element.setAttribute("class", `glyph ${kind}`);
  element.firstElementChild.setAttribute("d", SHAPES[kind]);
}

function pattern() {
  const lines = drawn("pattern", { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  lines.append(drawn("rect", { width: 7, height: 7, class: "dark" }), drawn("path", { d: "M0 0V7", class: "hatching" }));
  return drawn("defs", {}, lines);
}

function grid() {
  const group = drawn("g", { class: "grid" });
  for (const height of RINGS_DEG) {
    group.append(drawn("circle", { r: radius(height).toFixed(1) }));
    if (height) group.append(drawn("text", { x: 3, y: (-radius(height) + 11).toFixed(1) }, `${height}°`));
  }
  group.append(drawn("path", { d: `M0 ${-RIM}V${RIM}M${-RIM} 0H${RIM}` }));
  const outside = FIRST_BAND + BAND * MOST_BANDS + 7;
  [["N", 0], ["E", 90], ["S", 180], ["W", 270]].forEach(([letter, azimuth]) => {
    const [x, y] = at(azimuth, outside);
    group.append(drawn("text", { x, y: y + 5, class: azimuth ? "point" : "point north" }, letter));
  });
  return group;
}
