// One frame: what lies lowest first. Marks are drawn by marks.js and labels last, where there is room.
import { colour, trackColour } from "./colours.js";
import { Labels } from "./labels.js";
import * as marks from "./marks.js";
import * as words from "./words.js";

const CROWD = 120;

// The tracks that take part in a crossing, or are of an object that several nodes follow.
export function crossed(state) {
  return new Set([...state.crossings.values(), ...state.objects.values()].flatMap((one) => one.tracks));
}

// From where to where it may be by its size, in metres: two sigmas to each side.
function reach(track) {
  const sigma = track.sigma_range_m ?? 0;
  return [Math.max(track.range_m - 2 * sigma, 0), track.range_m + 2 * sigma];
}

export class Painter {
  painted = 0;
  hits = [];

  constructor(state, chosen, rangeMetres) {
    Object.assign(this, { state, chosen, rangeMetres });
  }

  paint(context, view) {
    const { state } = this;
    this.painted += 1;
    this.hits = [];
    this.labels = new Labels(context, view);
    const inCrossing = crossed(state);
    const tracks = [...state.tracks.values()];
    for (const track of tracks) if (!track.at) this.wedge(context, view, track, inCrossing.has(track.key));
    for (const track of tracks) if (track.at) this.background(context, view, track, tracks.length > CROWD);
    for (const crossing of state.crossings.values()) this.crossing(context, view, crossing);
    for (const object of state.objects.values()) this.object(context, view, object);
    for (const node of state.nodes.values()) this.node(context, view, node);
    for (const track of tracks) if (track.at) this.track(context, view, track);
    this.past(context, view);
    this.labels.draw(colour("halo"), this.hits);
  }

  wedge(context, view, track, inCrossing) {
    const node = this.state.nodes.get(track.node);
    if (!node?.at) return;
    const chosen = this.chosen.is("track", track.key);
    if (track.azimuth_deg === null || track.azimuth_deg === undefined) {
      if (track.link && track.state !== "lost") marks.waves(context, view.x(node.at), view.y(node.at), colour(trackColour(track)), chosen);
      return;
    }
    const radius = view.pixels(this.rangeMetres(), node.at);
    const shade = inCrossing ? "crossing" : trackColour(track);
    marks.wedge(context, view.x(node.at), view.y(node.at), radius, track, colour(shade), inCrossing || chosen);
    if (track.range_m) marks.hint(context, view.x(node.at), view.y(node.at), reach(track).map((metres) => view.pixels(metres, node.at)), track.azimuth_deg, colour(shade));
    const [x, y] = marks.along(view.x(node.at), view.y(node.at), radius * 0.7, track.azimuth_deg);
    this.hits.push({ kind: "track", key: track.key, x, y });
    if (chosen) this.labels.add(x, y, words.name(track, node), words.bearing(track), colour(shade), 0);
  }

  // Ellipse, trail and operator, which other marks may cover; in a crowd only of what was chosen.
  background(context, view, track, crowd) {
    const x = view.x(track.at);
    const y = view.y(track.at);
    const chosen = this.chosen.is("track", track.key);
    const shade = colour(trackColour(track));
    if (!chosen && !view.holds(x, y, 200)) return;
    if (!crowd || chosen) marks.ellipse(context, x, y, view, track, shade, false);
    marks.trail(context, view, track.trail, x, y, shade, chosen);
    if (track.operator && (!crowd || chosen)) marks.operator(context, view.x(track.operator), view.y(track.operator), x, y, shade, chosen);
  }

  track(context, view, track) {
    const x = view.x(track.at);
    const y = view.y(track.at);
    if (!view.holds(x, y, 20)) return;
    const chosen = this.chosen.is("track", track.key);
    const shade = trackColour(track);
    marks.aircraft(context, x, y, track, colour(shade), chosen, words.suspected(track));
    this.hits.push({ kind: "track", key: track.key, x, y });
    const doubt = track.suspicion_percent > 0 ? `suspected ${track.suspicion_percent} %` : "";
    const below = words.joined([doubt, chosen || !doubt ? words.motion(track) : ""]);
    this.labels.add(x, y, words.name(track), below, colour(shade), chosen ? 0 : shade === "unknown" ? 2 : 1);
  }

  crossing(context, view, crossing) {
    const x = view.x(crossing.at);
    const y = view.y(crossing.at);
    const chosen = this.chosen.is("crossing", crossing.key);
    marks.ellipse(context, x, y, view, crossing, colour("crossing"), crossing.ambiguous);
    marks.crossing(context, x, y, colour("crossing"), chosen);
    this.hits.push({ kind: "crossing", key: crossing.key, x, y });
    const what = crossing.ambiguous ? "crossing, may be a ghost" : `${crossing.tracks.length} bearings cross`;
    this.labels.add(x, y, what, crossing.altitude_m === null ? "" : words.number(crossing.altitude_m, 0, "m WGS-84"), colour("crossing"), 1);
  }

  object(context, view, object) {
    const x = view.x(object.at);
    const y = view.y(object.at);
    const chosen = this.chosen.is("object", object.key);
    const shade = colour("crossing");
    marks.ellipse(context, x, y, view, object, shade, object.ambiguous);
    marks.trail(context, view, object.trail, x, y, shade, chosen);
    marks.object(context, x, y, object, shade, chosen);
    this.hits.push({ kind: "object", key: object.key, x, y });
    this.labels.add(x, y, words.objectName(object), words.motion(object), shade, chosen ? 0 : 1);
  }

  node(context, view, node) {
    if (!node.at) return;
    const x = view.x(node.at);
    const y = view.y(node.at);
    const [mark, word] = words.standing(node, this.state.now());
    const chosen = this.chosen.is("node", node.key);
    if (chosen) marks.rings(context, x, y, view, node.at, colour("grid-ink"));
    marks.node(context, x, y, mark, chosen);
    this.hits.push({ kind: "node", key: node.key, x, y });
    const shade = { revoked: "red", quiet: "dim" }[mark] ?? "ink";
    this.labels.add(x, y, node.name ?? node.key, mark === "revoked" || mark === "quiet" ? word : "", colour(shade), 1);
  }

  // The trail that came with a chosen row of the log.
  past(context, view) {
    const event = this.chosen.kind === "event" ? this.state.log.get(this.chosen.key) : null;
    if (event?.points?.length) marks.path(context, view, event.points, colour("accent"));
  }

  // What lies under a finger.
  at(x, y, reach) {
    let best = null;
    for (const hit of this.hits) {
      const away = Math.hypot(hit.x - x, hit.y - y);
      if (away < (best?.away ?? reach)) best = { ...hit, away };
    }
    return best;
  }
}
