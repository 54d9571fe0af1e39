// Live data of sensors: one waterfall of sound, one of radio, and a camera's picture where the node's configuration allows it.
import { fill, make, setText } from "./dom.js";
import { Waterfall } from "./waterfall.js";

const KINDS = { sound: "Sound", radio: "Radio", sight: "Camera" };
const CAMERA_OFF = "The node's configuration does not show pictures: [page] camera = true does.";
const STALE_MS = 2500;
const MOST_BANDS = 4;

export class Views {
  constructor(parent, onChange) {
    this.parent = parent;
    this.onChange = onChange;
    this.camera = false;
    this.shown = new Map();
  }

  // What there is to be looked at, by the sense of each sensor.
  offer(coverage) {
    for (const kind of Object.keys(KINDS)) {
      const names = coverage.filter((one) => one.sense === kind).map((one) => one.sensor);
      if (!names.length) continue;
      if (!this.shown.has(kind)) this.add(kind);
      this.shown.get(kind).offer(names);
    }
  }

  add(kind) {
    const view = kind === "sight" ? new CameraView(this.camera, this.onChange) : new FallView(kind, this.onChange);
    this.shown.set(kind, view);
    for (const each of Object.keys(KINDS)) if (this.shown.has(each)) this.parent.append(this.shown.get(each).element);
  }

  looked() {
    return [...this.shown.values()].filter((view) => view.wanted).map((view) => view.sensor);
  }

  take(shown) {
    for (const view of this.shown.values()) for (const message of shown[view.sensor] ?? []) view.take(message);
  }

  watch() {
    for (const view of this.shown.values()) view.watch();
  }
}

class View {
  constructor(kind, open, onChange) {
    this.onChange = onChange;
    this.sensor = "";
    this.choice = make("select", "");
    this.choice.setAttribute("aria-label", `${KINDS[kind]}: which sensor`);
    this.choice.addEventListener("change", () => this.choose(this.choice.value));
    this.body = make("div", "");
    this.title = make("summary", "");
    this.element = make("details", "view", this.title, this.choice, this.body);
    this.element.open = open;
    this.element.addEventListener("toggle", () => this.onChange());
    this.kind = kind;
  }

  get wanted() {
    return this.element.open;
  }

  offer(names) {
    this.choice.hidden = names.length < 2;
    fill(this.choice, names, () => make("option", ""), (option, name) => {
      setText(option, name);
      option.value = name;
    });
    if (!names.includes(this.sensor)) this.choose(names[0]);
  }

  choose(name) {
    this.sensor = name;
    setText(this.title, `${KINDS[this.kind]}: ${name}`);
    this.clear();
    this.onChange();
  }

  clear() {}
}

// A receiver that hops between bands has a waterfall for each of them, the newest few.
class FallView extends View {
  constructor(kind, onChange) {
    super(kind, true, onChange);
    this.falls = new Map();
  }

  clear() {
    this.falls.clear();
    const waiting = new Waterfall(this.sensor);
    this.falls.set("", waiting);
    this.body.replaceChildren(waiting.element);
  }

  take(column) {
    const band = `${column.low_hz}-${column.high_hz}`;
    if (this.falls.has("")) {
      this.falls.set(band, this.falls.get(""));
      this.falls.delete("");
    }
    if (!this.falls.has(band)) {
      const fall = new Waterfall(this.sensor);
      this.falls.set(band, fall);
      this.body.append(fall.element);
    }
    while (this.falls.size > MOST_BANDS) this.drop(this.falls.keys().next().value);
    this.falls.get(band).take(column);
  }

  drop(band) {
    this.falls.get(band).element.remove();
    this.falls.delete(band);
  }

  watch() {
    for (const fall of this.falls.values()) fall.watch();
  }
}

// Closed until somebody opens it: whoever passes by the screen sees no picture.
class CameraView extends View {
  constructor(allowed, onChange) {
    super("sight", false, onChange);
    this.allowed = allowed;
    this.heard = performance.now();
    this.picture = make("img", "");
    this.words = make("p", "hint", allowed ? "" : CAMERA_OFF);
    this.body.append(this.words, this.picture);
    this.picture.hidden = true;
  }

  get wanted() {
    return this.allowed && this.element.open;
  }

  clear() {
    this.picture.hidden = true;
    this.picture.alt = `What ${this.sensor} sees now`;
  }

  take(thumbnail) {
    this.heard = performance.now();
    this.picture.src = `data:image/jpeg;base64,${thumbnail.jpeg}`;
    this.picture.hidden = false;
  }

  watch() {
    if (!this.wanted) return;
    const silent = performance.now() - this.heard;
    const stale = silent > STALE_MS;
    if (stale) this.picture.hidden = true;
    setText(this.words, stale ? `no picture for ${Math.round(silent / 1000)} s` : "two pictures a second at most");
  }
}
