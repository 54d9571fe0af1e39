// The whole page: the stream feeds the state, the state is painted and listed, and what is tapped is chosen.
import { Chosen } from "./chosen.js";
import { setLook } from "./colours.js";
import { Details } from "./details.js";
import { $, setHidden, setText } from "./dom.js";
import { showLegend } from "./legend.js";
import { Lists } from "./lists.js";
import { ChartMap } from "./map.js";
import { Painter } from "./paint.js";
import { remember, remembered } from "./settings.js";
import { State } from "./state.js";
import { Stream } from "./stream.js";
import { suspected } from "./words.js";

const LISTED_EVERY_MS = 500;
const REACH_PX = 22;
const NARROW = matchMedia("(max-width: 760px)");
const TABS = ["tracks", "nodes", "log"];

setLook(remembered("look"));
const state = new State();
const chosen = new Chosen(() => refresh());
const painter = new Painter(state, chosen, () => Number($("range").value));
const chart = new ChartMap($("map"), (context, view) => painter.paint(context, view), tap);
const lists = new Lists(state, chosen, show);
const details = new Details(state, chosen, () => centre());
let connected = false;
let framed = remembered("view") !== null;
let listedMs = 0;

function tap(x, y) {
  const hit = painter.at(x, y, REACH_PX);
  if (!hit) return chosen.clear();
  unfold();
  chosen.set(hit.kind, hit.key);
}

function show(kind, key) {
  const event = kind === "event" ? state.log.get(key) : null;
  if (event?.track) chosen.set("track", event.track);
  else chosen.set(kind, key);
  centre();
}

function centre() {
  const { kind, key } = chosen;
  const one = { track: state.tracks, node: state.nodes, crossing: state.crossings, object: state.objects, event: state.log }[kind]?.get(key);
  const at = one?.at ?? one?.points?.at(-1) ?? state.nodes.get(one?.node)?.at;
  if (at) chart.centre(at);
}

function fit() {
  chart.fit([...state.nodes.values(), ...state.tracks.values(), ...state.crossings.values(), ...state.objects.values()].map((one) => one.at).filter(Boolean));
}

function openTab(name) {
  for (const tab of TABS) {
    $(`tab-${tab}`).setAttribute("aria-selected", `${tab === name}`);
    setHidden($(tab), tab !== name);
  }
  if (NARROW.matches) chosen.clear();
  unfold();
}

function unfold() {
  $("fold").setAttribute("aria-expanded", "true");
}

function hear(message) {
  if (message.whole && message.run !== state.run) chosen.clear();
  state.apply(message);
  if (!framed && [...state.nodes.values()].some((node) => node.at)) {
    framed = true;
    fit();
  }
  chart.request();
  if (performance.now() - listedMs > LISTED_EVERY_MS) refresh();
}

function refresh() {
  listedMs = performance.now();
  lists.refresh();
  details.refresh();
  const doubts = [...state.tracks.values()].filter(suspected).length;
  setText($("summary"), `${state.nodes.size} nodes, ${state.tracks.size} tracks`);
  setText($("doubts"), doubts ? `${doubts} suspected` : "");
  chart.request();
}

function setLink(now) {
  connected = now;
  $("link").className = `link ${now ? "live" : "lost"}`;
  setText($("link"), now ? "live" : "lost");
  setText($("banner"), now ? state.fault : "Connection to C2 lost: what you see is old. Trying again.");
  setHidden($("banner"), now && !state.fault);
}

function setRange() {
  remember("range", $("range").value);
  chart.draw();
}

function toggleLook() {
  const look = document.documentElement.dataset.look === "night" ? "sun" : "night";
  remember("look", look);
  setLook(look);
  refresh();
}

function toggleFold() {
  const open = $("fold").getAttribute("aria-expanded") === "true";
  $("fold").setAttribute("aria-expanded", `${!open}`);
}

$("range").value = remembered("range");
$("range").addEventListener("change", setRange);
$("fit").addEventListener("click", fit);
$("look").addEventListener("click", toggleLook);
$("fold").addEventListener("click", toggleFold);
$("legend-open").addEventListener("click", showLegend);
$("find").addEventListener("input", () => lists.refresh());
for (const tab of TABS) $(`tab-${tab}`).addEventListener("click", () => openTab(tab));

// For tests and for the curious: read only, and a copy each time.
Object.defineProperty(window, "edgeNode", {
  value: Object.freeze({
    get state() {
      const { nodes, tracks, crossings, objects, log, updates } = state;
      const copies = [nodes, tracks, crossings, log, objects].map((table) => [...table.values()]);
      return structuredClone({ nodes: copies[0], tracks: copies[1], crossings: copies[2], log: copies[3], objects: copies[4], updates });
    },
    get counts() {
      const { nodes, tracks, crossings, objects, log, updates } = state;
      return { nodes: nodes.size, tracks: tracks.size, crossings: crossings.size, objects: objects.size, log: log.size, updates, painted: painter.painted };
    },
    get connected() {
      return connected;
    },
    get chosen() {
      return { kind: chosen.kind, key: chosen.key };
    },
    get marks() {
      return structuredClone(painter.hits);
    },
  }),
});

const settings = await fetch("/settings").then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
if (settings.map) chart.addBaseMap("/map.pmtiles");
new Stream(hear, setLink);
