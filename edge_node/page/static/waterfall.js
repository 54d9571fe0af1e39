// Live columns of sound or spectrum: time runs to the right, frequency up; what is missing stays empty.
import { make, setText } from "./dom.js";

const COLUMNS = 320;
const LEAST_SPAN_DB = 24;
const FOLLOWS = 0.08;
const SILENT_MS = 1500;
const MOST_GAP = 60;
// From quiet to loud, rising in lightness all the way: to be read without seeing colours, and on a white page the other way round.
const STOPS = {
  night: [[8, 12, 20], [28, 42, 92], [84, 60, 142], [176, 74, 122], [240, 120, 72], [250, 196, 84], [255, 252, 214]],
  sun: [[255, 255, 255], [222, 232, 240], [150, 190, 212], [82, 134, 178], [66, 70, 146], [70, 24, 96], [20, 0, 24]],
};
const palettes = {};

function palette(look) {
  palettes[look] ??= Array.from({ length: 256 }, (_, n) => {
    const stops = STOPS[look];
    const place = (n / 255) * (stops.length - 1);
    const k = Math.min(Math.floor(place), stops.length - 2);
    return stops[k].map((one, channel) => one + (place - k) * (stops[k + 1][channel] - one));
  });
  return palettes[look];
}

const hertz = (hz) => (hz >= 1e6 ? `${(hz / 1e6).toFixed(2)} MHz` : hz >= 1e3 ? `${(hz / 1e3).toFixed(1)} kHz` : `${Math.round(hz)} Hz`);

export class Waterfall {
  constructor(name) {
    this.canvas = make("canvas", "");
    this.canvas.setAttribute("role", "img");
    this.name = name;
    this.high = make("span", "high");
    this.low = make("span", "low");
    this.gone = make("span", "gone", "no data yet");
    this.element = make("div", "fall", this.canvas, this.high, this.low, this.gone);
    this.heard = performance.now();
    this.columns = 0;
    this.band = "";
  }

  take(column) {
    const levels = Uint8Array.from(atob(column.levels), (letter) => letter.charCodeAt(0));
    const band = `${column.low_hz}-${column.high_hz}`;
    if (band !== this.band || this.canvas.height !== levels.length) this.begin(column, levels.length, band);
    const now = performance.now();
    const missed = Math.min(Math.round((now - this.heard) / 1000 / column.seconds) - 1, MOST_GAP);
    if (this.columns && now - this.heard > SILENT_MS) this.shift(Math.max(missed, 1));
    this.heard = now;
    this.level(levels, column.db_a_step);
    this.draw(levels);
    this.columns += 1;
  }

  begin(column, rows, band) {
    this.band = band;
    [this.canvas.width, this.canvas.height] = [COLUMNS, rows];
    this.pen = this.canvas.getContext("2d", { willReadFrequently: false });
    this.floor = null;
    setText(this.high, hertz(column.high_hz));
    setText(this.low, hertz(column.low_hz));
    this.canvas.setAttribute("aria-label", `${this.name}, from ${hertz(column.low_hz)} to ${hertz(column.high_hz)}, over the last ${Math.round(COLUMNS * column.seconds)} s`);
  }

  // From the usual quiet to what is loudest, slowly: the picture must not flicker.
  level(levels, step) {
    const sorted = Uint8Array.from(levels).sort();
    const quiet = sorted[Math.floor(sorted.length / 4)];
    const loud = Math.max(sorted[sorted.length - 2], quiet + LEAST_SPAN_DB / step);
    if (this.floor == null) [this.floor, this.top] = [quiet, loud];
    this.floor += FOLLOWS * (quiet - this.floor);
    this.top += (loud > this.top ? 4 : 0.25) * FOLLOWS * (loud - this.top);
  }

  shift(by) {
    this.pen.globalCompositeOperation = "copy"; // what is empty moves along, and what is new begins empty
    this.pen.drawImage(this.canvas, -by, 0);
  }

  draw(levels) {
    this.shift(1);
    const colours = palette(document.documentElement.dataset.look);
    const strip = this.pen.createImageData(1, levels.length);
    const scale = 255 / Math.max(this.top - this.floor, 1);
    levels.forEach((level, row) => {
      const [r, g, b] = colours[Math.max(0, Math.min(255, Math.round((level - this.floor) * scale)))];
      strip.data.set([r, g, b, 255], 4 * (levels.length - 1 - row));
    });
    this.pen.putImageData(strip, COLUMNS - 1, 0);
  }

  // Called now and then: silence is said.
  watch() {
    const silent = performance.now() - this.heard;
    this.gone.hidden = silent < SILENT_MS;
    if (!this.gone.hidden) setText(this.gone, `no data for ${Math.round(silent / 1000)} s`);
  }
}
