// What the marks mean, drawn by the same code as the map's.
import { $, make } from "./dom.js";
import { colour } from "./colours.js";
import * as marks from "./marks.js";

const STILL = { state: "confirmed", course_deg: 30, speed_mps: 9, azimuth_deg: 60, sigma_azimuth_deg: 12 };
const ROWS = [
  ["an aircraft that says where it is, along its course; a diamond hovers; hollow: not yet sure", (c) => marks.aircraft(c, 0, 0, STILL, colour("unknown"), false, false)],
  ["it claims an id on the list of a node: authorised", (c) => marks.aircraft(c, 0, 0, STILL, colour("authorised"), false, false)],
  ["it is in a restricted zone", (c) => marks.aircraft(c, 0, 0, STILL, colour("zone"), false, false)],
  ["broken ring: something speaks against what it claims, and it is suspected", (c) => marks.aircraft(c, 0, 0, STILL, colour("suspect"), false, true)],
  ["where its operator says to be", (c) => marks.operator(c, 0, 0, 0, 0, colour("unknown"), true)],
  ["wedge: a direction without range, drawn as far as the bearing range says", (c) => marks.wedge(c, -11, 8, 24, STILL, colour("unknown"), false)],
  ["thick part of a direction: where it may be by its size, when a camera is sure what it is", (c) => marks.hint(c, -11, 8, [9, 20], 60, colour("unknown"))],
  ["waves: this node hears a drone's radio link, from no direction that it knows; rings stand for it in the list", (c) => marks.waves(c, 0, 0, colour("unknown"), false)],
  ["grey: a camera is sure, or all sensors together are, that it is a bird or something else that is no drone, or a link is none of a drone after all", (c) => marks.wedge(c, -11, 8, 24, STILL, colour("dim"), false)],
  ["cross: bearings of several nodes meet; broken ellipse: it may be a ghost", (c) => marks.crossing(c, 0, 0, colour("crossing"), false)],
  ["ring with a dot: an object that C2 follows by tracks of several nodes; broken: it may be a ghost", (c) => marks.object(c, 0, 0, { ...STILL, ambiguous: false }, colour("crossing"), false)],
  ["a node that is well", (c) => marks.node(c, 0, 0, "green", false)],
  ["a node that wants looking after", (c) => marks.node(c, 0, 0, "amber", false)],
  ["a node that does not do its work", (c) => marks.node(c, 0, 0, "red", false)],
  ["a node that was revoked: nothing of it is believed", (c) => marks.node(c, 0, 0, "revoked", false)],
  ["a node that is silent", (c) => marks.node(c, 0, 0, "quiet", false)],
];

export function showLegend() {
  $("legend-rows").replaceChildren(...ROWS.flatMap(([text, draw]) => [make("dt", "", picture(draw)), make("dd", "", text)]));
  $("legend").showModal();
}

function picture(draw) {
  const ratio = window.devicePixelRatio || 1;
  const canvas = Object.assign(document.createElement("canvas"), { width: 28 * ratio, height: 28 * ratio });
  Object.assign(canvas.style, { width: "28px", height: "28px" });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 14 * ratio, 14 * ratio);
  draw(context);
  return canvas;
}
