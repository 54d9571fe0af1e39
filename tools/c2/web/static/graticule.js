// Lines of latitude and longitude at round minutes, so that a map without a base map still has a measure.
import { colour } from "./colours.js";
import { degrees, world } from "./projection.js";

const STEPS_DEG = [30, 10, 5, 2, 1, 1 / 2, 1 / 6, 1 / 12, 1 / 30, 1 / 60, 1 / 120, 1 / 360, 1 / 720, 1 / 1800, 1 / 3600];
const LEAST_GAP_PX = 90;
const SCALE_BAR_PX = 150;

export function graticule(context, view) {
  const { latitudeDeg, longitudeDeg } = degrees(view.centre);
  const step = STEPS_DEG.findLast((one) => (one / 360) * view.scale >= LEAST_GAP_PX) ?? STEPS_DEG[0];
  context.strokeStyle = colour("grid");
  context.fillStyle = colour("grid-ink");
  context.font = "11px system-ui, sans-serif";
  context.lineWidth = 1;
  const across = Math.ceil((view.width / view.scale) * 180 / step);
  for (let n = -across; n <= across; n++) meridian(context, view, (Math.round(longitudeDeg / step) + n) * step, step);
  const [top, bottom] = [0, view.height].map((y) => degrees({ x: 0, y: view.centre.y + (y - view.height / 2) / view.scale }).latitudeDeg);
  for (let n = Math.ceil(bottom / step); n <= top / step; n++) parallel(context, view, n * step, step, latitudeDeg);
}

function meridian(context, view, deg, step) {
  const x = view.width / 2 + (world(0, deg).x - view.centre.x) * view.scale;
  line(context, x, 0, x, view.height);
  context.textAlign = "left";
  if (x > SCALE_BAR_PX) context.fillText(label(((deg + 540) % 360) - 180, step, "EW"), x + 4, view.height - 8);
}

function parallel(context, view, deg, step) {
  const y = view.y(world(deg, 0));
  line(context, 0, y, view.width, y);
  context.textAlign = "right";
  if (y < view.height - 24) context.fillText(label(deg, step, "NS"), view.width - 6, y - 4);
}

function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
  context.stroke();
}

function label(deg, step, halves) {
  const minutes = Math.abs(deg) * 60;
  const whole = Math.floor(minutes / 60 + 1e-9);
  const rest = step >= 1 ? "" : ` ${(minutes - whole * 60).toFixed(step < 1 / 60 ? 2 : 0).replace("-", "")}′`;
  return `${whole}°${rest} ${halves[deg < 0 ? 1 : 0]}`;
}
