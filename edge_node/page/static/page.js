// The page: hears the node's stream and keeps the document as the node is. What it does not hear any more it says, and greys out.
import { $, fill, make, setClass, setText } from "./dom.js";
import { Sky, glyph, reshape } from "./sky.js";
import { Stream } from "./stream.js";
import { Views } from "./views.js";
import { ago, chipsOf, coverageOf, kindOf, ordered, whereOf } from "./words.js";

const SIGNS = { green: "✓", amber: "▲", red: "✕" };
const STATES = { running: ["✓", "good"], starting: ["…", "warn"], stopping: ["…", "warn"], absent: ["✕", "bad"], stalled: ["✕", "bad"], crashed: ["✕", "bad"], off: ["–", "bad"] };
const GONE_MS = 3000;
const OLD_S = 5;
const MOST_ROWS = 60;
const UNKNOWN = "Nobody knows what is in the sky now.";

const state = { now: null, heardMs: performance.now(), live: false, updates: 0, open: new Set() };
const sky = new Sky($("sky"));
const views = new Views($("views"), () => stream.look(views.looked()));
const stream = new Stream({ now: hear, log: showLog, view: (shown) => views.take(shown) }, (live) => setLive(live));

function hear(now) {
  state.now = now;
  state.heardMs = performance.now();
  state.updates += 1;
  show();
}

function setLive(live) {
  state.live = live;
  watch();
}

// Silence must never read as a clear sky.
function watch() {
  const silentMs = performance.now() - state.heardMs;
  const gone = !state.live && silentMs > GONE_MS;
  const old = state.now && isOld(state.now.told);
  const live = state.live && !old;
  setText($("live"), live ? "live" : state.live ? "node silent" : "no data");
  setClass($("live"), live ? "live on" : "live off");
  $("gone").hidden = !gone && !old;
  if (gone) setText($("gone"), `No data for ${Math.round(silentMs / 1000)}\u00a0s: this page does not hear the node. What is below is old.`);
  else if (old) setText($("gone"), silence(state.now.told));
  document.body.classList.toggle("stale", gone || Boolean(old));
  views.watch();
}

const isOld = (told) => [told.age_s, told.tracks_age_s].some((age) => age == null || age > OLD_S);

function silence(told) {
  if (told.age_s == null) return "No node runs here.";
  if (told.age_s > OLD_S) return `The node has said nothing for ${Math.round(told.age_s)}\u00a0s. What is below is old.`;
  return told.tracks_age_s == null ? "Nothing is tracked yet." : `Nothing has been tracked for ${Math.round(told.tracks_age_s)}\u00a0s. What is below is old.`;
}

function show() {
  const { told } = state.now;
  const marks = ordered(state.now.marks);
  const coverage = [...(told.node?.coverage ?? [])].sort((a, b) => (a.sensor < b.sensor ? -1 : 1));
  setText($("name"), told.node?.name ?? "edge_node");
  if (document.title !== `${told.node?.name ?? "edge_node"}: ${told.verdict}`) document.title = `${told.node?.name ?? "edge_node"}: ${told.verdict}`;
  setText($("version"), told.version);
  setClass($("verdict"), `verdict ${told.verdict}`);
  setText($("sign"), SIGNS[told.verdict]);
  setText($("colour"), told.verdict);
  setText($("sentence"), told.sentence);
  showSky(marks, coverage);
  showTracks(marks, coverage);
  showFindings(told.node?.findings ?? []);
  showSensors(told, coverage);
  showLink(told);
  views.offer(coverage);
  watch();
}

function showSky(marks, coverage) {
  const front = marks.length > 0 && marks.every((one) => one.azimuth_deg == null || one.reference === "vehicle") && marks.some((one) => one.azimuth_deg != null);
  const drawn = sky.draw(marks, coverage, front);
  const without = marks.length - drawn;
  const blind = coverage.filter((one) => one.reach_m <= 0).length;
  const said = [`${drawn} ${drawn === 1 ? "track" : "tracks"} in the sky`, without ? `${without} without a direction, in the list` : "", blind ? `${blind} of ${coverage.length} sensors blind` : ""];
  setText($("sky-words"), isOld(state.now.told) ? UNKNOWN : said.filter(Boolean).join("; "));
  setText($("band-names"), coverage.slice(0, 5).map((one) => `${one.sensor}${one.reach_m > 0 ? "" : " (blind)"}`).join(", ") || "no sensor says what it covers");
}

function showTracks(marks, coverage) {
  const blind = coverage.filter((one) => one.reach_m <= 0).length;
  const clear = blind === coverage.length ? "No tracks, and no sensor senses anything now." : blind ? `No tracks; but ${blind} of ${coverage.length} sensors are blind.` : "No tracks.";
  setText($("count"), marks.length ? String(marks.length) : "");
  const listed = marks.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${marks.length}.` : "";
  setText($("no-tracks"), isOld(state.now.told) ? UNKNOWN : marks.length ? listed : clear);
  fill($("tracks"), marks.slice(0, MOST_ROWS), makeTrack, fillTrack);
}

// What is told of a track beside its first lines is there for a tap, and stays open while the track lives.
function makeTrack() {
  const title = make("span", "title", make("span", "number"), make("span", ""));
  const summary = make("summary", "", glyph("unknown"), title, make("span", "where"), make("span", "side"), make("span", "chips"));
  const details = make("details", "track", summary, make("span", "more doubt"), make("span", "more dim"));
  const row = make("li", "", details);
  details.addEventListener("toggle", () => state.open[details.open ? "add" : "delete"](Number(row.dataset.number)));
  return row;
}

function fillTrack(row, mark) {
  const [summary, doubt, words] = row.firstElementChild.children;
  const [shape, title, where, side, chips] = summary.children;
  row.dataset.number = mark.number;
  row.firstElementChild.open = state.open.has(mark.number);
  reshape(shape, kindOf(mark));
  setText(title.firstElementChild, String(mark.number));
  setText(title.lastElementChild, mark.name);
  setText(side, ago(mark.age_s));
  setText(where, whereOf(mark));
  fill(chips, chipsOf(mark), () => make("span", "chip"), (chip, [text, kind]) => {
    setText(chip, text);
    setClass(chip, `chip ${kind}`);
  });
  setText(doubt, mark.evidence ?? mark.reason ?? "");
  setText(words, `by ${mark.sensors.join(", ") || "nobody"}: ${mark.words}`);
}

const makeRow = () => make("li", "", make("span", "sign"), make("span", "title"), make("span", "side"), make("span", "more"), make("span", "more dim"));

function fillRow(row, sign, kind, title, side, more, dim) {
  setClass(row, kind);
  [sign, title, side, more, dim].forEach((text, place) => {
    setText(row.children[place], text);
    row.children[place].hidden = place > 2 && !text;
  });
}

function showFindings(findings) {
  $("wrong-section").hidden = !findings.length;
  fill($("findings"), findings, makeRow, (row, one) => {
    const fails = one.grade === "fail";
    fillRow(row, fails ? "✕" : "▲", fails ? "bad finding" : "warn finding", `${one.about}: ${one.words}`, "", one.touch ? `→ ${one.touch}` : "", one.name);
  });
}

function showSensors(told, coverage) {
  const covers = new Map(coverage.map((one) => [one.sensor, one]));
  const parts = told.node ? [...[...told.node.sensors].sort((a, b) => (a.name < b.name ? -1 : 1)), told.node.hub] : [];
  fill($("sensors"), parts, makeRow, (row, one) => {
    const [sign, kind] = STATES[one.state] ?? ["?", "bad"];
    const covered = covers.get(one.name);
    const blind = covered && covered.reach_m <= 0;
    const last = told.figures?.reports[one.name]?.last_block_mono_ns;
    const side = one === told.node.hub ? "" : last == null ? "no data yet" : `data ${ago((told.t_mono_ns - last) / 1e9)}`;
    fillRow(row, blind && kind === "good" ? "✕" : sign, blind ? "bad" : kind, `${one.name}${one.state === "running" ? "" : ` ${one.state}`}`, side, covered ? coverageOf(covered) : "", one.sentence);
  });
}

function showLink(told) {
  const figures = told.figures;
  const linked = { true: "C2 asks for the tracks", false: "C2 is not reached" }[figures?.linked] ?? "no C2: tracks stay on this node";
  const place = figures?.place;
  const clock = figures?.sigma_utc_s == null ? "nobody vouches for it" : `UTC ±${figures.sigma_utc_s.toPrecision(2)} s`;
  const rows = figures
    ? [["C2", linked], ["Link", figures.link], ["Waiting", `${figures.counters.spool_rows ?? 0} rows for C2`], ["Clock", clock], ["Place", place ? `${place.latitude_deg.toFixed(5)} ${place.longitude_deg.toFixed(5)}` : "unknown: what says where it is has no direction here"]]
    : [["Hub", "has said nothing yet"]];
  fill($("link"), rows.flat(), () => make($("link").children.length % 2 ? "dd" : "dt", ""), setText);
}

function showLog(lines) {
  fill($("log"), lines.toReversed(), () => make("li", ""), (row, line) => {
    setText(row, line);
    setClass(row, line.split(" ", 2)[1] ?? "");
  });
}

function setLook(look) {
  document.documentElement.dataset.look = look;
  localStorage.setItem("look", look);
}

$("look").addEventListener("click", () => setLook(document.documentElement.dataset.look === "sun" ? "night" : "sun"));
document.documentElement.dataset.look = localStorage.getItem("look") ?? (matchMedia("(prefers-color-scheme: light)").matches ? "sun" : "night");
const settings = await fetch("/settings").then((answer) => (answer.ok ? answer.json() : {}));
$("leave").hidden = !settings.token;
views.camera = Boolean(settings.camera);
setInterval(watch, 500);
stream.open();
window.edgeNode = { state, views };
