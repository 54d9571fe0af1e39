// The lists beside the map: tracks, nodes and what happened. Their length is bounded, whatever is heard.
import { $, fill, make, setBadges, setClass, setHidden, setText } from "./dom.js";
import { trackColour } from "./colours.js";
import { crossed } from "./paint.js";
import * as words from "./words.js";

const MOST_ROWS = 60;
const MOST_FLAGS = 4;
const ALARMS = new Set(["suspected", "behaves", "refused", "malformed"]);

export class Lists {
  constructor(state, chosen, show) {
    Object.assign(this, { state, chosen });
    for (const rows of ["track-rows", "node-rows", "log-rows"]) {
      $(rows).addEventListener("click", (event) => {
        const row = event.target.closest("button.row");
        if (row) show(row.dataset.kind, ["track", "event", "object"].includes(row.dataset.kind) ? Number(row.dataset.key) : row.dataset.key);
      });
    }
  }

  refresh() {
    this.tracks();
    this.nodes();
    this.log();
  }

  tracks() {
    const { state } = this;
    this.crossed = crossed(state);
    const sought = $("find").value.trim().toLowerCase();
    const all = [...state.tracks.values()].filter((track) => track.ids);
    const found = sought ? all.filter((track) => this.text(track).includes(sought)) : all;
    found.sort((a, b) => rank(a) - rank(b) || a.key - b.key);
    const crossings = sought ? [] : [...state.crossings.values()];
    const objects = sought ? [] : [...state.objects.values()].sort((a, b) => a.key - b.key);
    setText($("count-tracks"), `${all.length}`);
    setHidden($("no-tracks"), all.length > 0);
    const rows = [...objects.map((one) => ["object", one]), ...crossings.map((one) => ["crossing", one]), ...found.map((one) => ["track", one])];
    fill($("track-rows"), rows.slice(0, MOST_ROWS), makeRow, (row, [kind, one]) => {
      if (kind === "track") this.track(row, one);
      else if (kind === "object") this.object(row, one);
      else this.crossing(row, one);
      this.mark(row, kind, one.key, kind === "track" && one.state === "lost" ? "faded" : "");
    });
    setHidden($("more-tracks"), rows.length <= MOST_ROWS);
    setText($("more-tracks"), `${rows.length - MOST_ROWS} more on the map: find narrows the list.`);
  }

  text(track) {
    const node = this.state.nodes.get(track.node)?.name;
    return words.joined([...track.ids.map(([, value]) => value), track.operator_id, words.sound(track), words.sight(track), words.link(track), words.target(track), words.targetNames(track), words.judged(track), words.behaviour(track), node, ...track.flags, track.transmitter], " ").toLowerCase();
  }

  track(row, track) {
    const { glyph, title, side, about, badges } = row.parts;
    setClass(glyph, `glyph ${track.at ? "place" : track.link && track.azimuth_deg === null ? "radio" : "bearing"} ${trackColour(track)}`);
    setText(side, words.age(this.state.now() - track.held_ms + track.unheard_s * 1000));
    const node = this.state.nodes.get(track.node);
    setText(title, words.name(track, node));
    setText(about, words.joined([words.state(track), words.judged(track), words.behaviour(track), words.sound(track), words.sight(track), words.link(track), words.target(track), track.at ? words.motion(track) : words.bearing(track), node?.name ?? track.node]));
    setBadges(badges, trackBadges(track, this.crossed.has(track.key)));
  }

  crossing(row, crossing) {
    const { glyph, title, side, about, badges } = row.parts;
    setClass(glyph, "glyph crossing");
    setText(title, `${crossing.tracks.length} bearings cross`);
    setText(side, `±${words.metres(2 * crossing.sigma_major_m)}`);
    const nodes = crossing.tracks.map((key) => this.state.nodes.get(this.state.tracks.get(key)?.node)?.name);
    const height = crossing.altitude_m === null ? "" : words.number(crossing.altitude_m, 0, "m WGS-84");
    setText(about, words.joined([`of ${words.joined(nodes, ", ")}`, height]));
    setBadges(badges, crossing.ambiguous ? [["may be a ghost", "crossing"]] : []);
  }

  object(row, object) {
    const { glyph, title, side, about, badges } = row.parts;
    setClass(glyph, "glyph object");
    setText(title, words.objectName({ ...object, ambiguous: false }));
    setText(side, `±${words.metres(2 * object.sigma_major_m)}`);
    const nodes = object.tracks.map((key) => this.state.nodes.get(this.state.tracks.get(key)?.node)?.name);
    setText(about, words.joined([`followed by ${words.joined(nodes, ", ")}`, words.motion(object)]));
    setBadges(badges, object.ambiguous ? [["may be a ghost", "crossing"]] : []);
  }

  nodes() {
    const { state } = this;
    const nodes = [...state.nodes.values()].sort((a, b) => (a.name ?? "").localeCompare(b.name ?? ""));
    setText($("count-nodes"), `${nodes.length}`);
    setHidden($("no-nodes"), nodes.length > 0);
    fill($("node-rows"), nodes, makeRow, (row, node) => {
      const { glyph, title, side, about, badges } = row.parts;
      const [mark, word] = words.standing(node, state.now());
      setClass(glyph, `glyph ${mark}`);
      setText(title, node.name ?? node.key);
      setText(side, word);
      setText(about, words.joined([words.health(node), words.clock(node), node.missing ? `${node.missing} messages missing` : ""]));
      setBadges(badges, nodeBadges(node, mark));
      this.mark(row, "node", node.key, mark);
    });
  }

  log() {
    const events = [...this.state.log.values()].sort((a, b) => b.key - a.key);
    setText($("count-log"), `${events.length}`);
    setHidden($("no-log"), events.length > 0);
    fill($("log-rows"), events, makeRow, (row, event) => {
      const { glyph, title, side, about } = row.parts;
      setClass(glyph, `glyph event ${ALARMS.has(event.event) ? "alarm" : ""}`);
      setText(title, words.joined([words.spaced(event.event), event.node, event.times > 1 ? `${event.times} times` : ""]));
      setText(side, this.when(event));
      setText(about, event.words ?? "");
      this.mark(row, "event", event.key, "");
    });
  }

  when(event) {
    const ms = event.t_utc_ms ?? Date.now() - (this.state.now() - event.heard_ms);
    return new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  }

  mark(row, kind, key, className) {
    row.dataset.kind = kind;
    row.dataset.key = key;
    setClass(row, words.joined(["row", className, this.chosen.is(kind, key) ? "chosen" : ""], " "));
  }
}

function makeRow() {
  const parts = {
    glyph: make("span", "glyph"),
    title: make("span", "title"),
    side: make("span", "side"),
    about: make("span", "words"),
    badges: make("span", "badges"),
  };
  const row = make("button", "row", ...Object.values(parts));
  row.type = "button";
  row.parts = parts;
  return row;
}

// What comes near first, then doubt, then restricted zones, then silence, then the others, then birds and what else is no drone, then what is lost; inside each the order in which they came.
function rank(track) {
  if (track.state === "lost") return 9;
  if (words.approaching(track)) return 0;
  if (words.suspected(track)) return 1;
  if (words.elsewise(track)) return 7;
  return { in_restricted_zone: 2, non_cooperative: 3, unknown: 4, authorised: 6 }[track.cooperation] ?? 5;
}

export function trackBadges(track, crosses) {
  const doubt = words.suspected(track) ? [[`suspected ${track.suspicion_percent} %`, "suspect"]] : [];
  const emergency = track.status === "emergency" ? [["says emergency", "alarm"]] : [];
  const cooperation = words.cooperation(track);
  const near = words.approaching(track) ? [["comes near", "alarm"]] : [];
  const crossing = crosses ? [["of several nodes", "crossing"]] : [];
  const flags = track.flags.slice(0, MOST_FLAGS).map((flag) => [words.spaced(flag), "flag"]);
  return [...emergency, ...near, ...doubt, ...(cooperation ? [cooperation] : []), ...crossing, ...flags];
}

function nodeBadges(node, mark) {
  const verdict = ["green", "amber", "red"].includes(mark) ? [[mark, mark === "red" ? "alarm" : mark]] : [];
  const backlog = node.backlog > 0 ? [[`backlog of ${node.backlog}`, "amber"]] : [];
  const revoked = node.revoked ? [["revoked", "alarm"]] : [];
  const nowhere = node.heard_ms !== null && !node.at ? [["place unknown", "amber"]] : [];
  return [...revoked, ...verdict, ...backlog, ...nowhere];
}
