// The picture in the browser: what the server told, by key, and where each track came along.
import { world } from "./projection.js";

const TRAIL_MS = 60_000;
const TRAIL_STEP_MS = 1000;
const MOST_LOGGED = 100;

export class State {
  nodes = new Map();
  tracks = new Map();
  crossings = new Map();
  objects = new Map();
  log = new Map();
  updates = 0;
  run = "";
  fault = "";

  // The server's clock now, in ms.
  now() {
    return performance.now() + this.ahead;
  }

  apply(message) {
    this.updates += 1;
    this.ahead = message.now - performance.now();
    this.fault = message.fault ?? "";
    if (message.whole) this.beginAnew(message);
    for (const row of message.nodes ?? []) this.nodes.set(row[0], placed(this.named("nodes", row)));
    for (const row of message.moving ?? []) this.move(this.named("moving", row));
    for (const row of message.about ?? []) this.track(row[0], this.named("about", row));
    for (const row of message.crossings ?? []) this.crossings.set(row[0], placed(this.named("crossings", row)));
    for (const row of message.objects ?? []) this.follow(this.named("objects", row));
    for (const row of message.log ?? []) this.happen(this.named("log", row));
    this.forget(message.gone ?? {});
  }

  beginAnew(message) {
    this.run = message.run;
    this.fields = message.fields;
    for (const table of [this.nodes, this.tracks, this.crossings, this.objects, this.log]) table.clear();
    for (const [key, points] of Object.entries(message.trails)) {
      this.track(Number(key), { trail: points.map(([ms, latitude, longitude]) => ({ ms, ...world(latitude, longitude) })) });
    }
  }

  named(table, row) {
    const told = {};
    this.fields[table].forEach((name, place) => (told[name] = row[place] ?? null));
    return told;
  }

  track(key, told) {
    const track = this.tracks.get(key) ?? { key, trail: [] };
    this.tracks.set(key, Object.assign(track, told));
    return track;
  }

  move(told) {
    const track = placed(this.track(told.key, told));
    track.operator = told.operator_latitude_deg === null ? null : world(told.operator_latitude_deg, told.operator_longitude_deg);
    const { trail } = track;
    if (track.at && !(told.held_ms - trail.at(-1)?.ms < TRAIL_STEP_MS)) trail.push({ ms: told.held_ms, ...track.at });
    while (trail.length && told.held_ms - trail[0].ms > TRAIL_MS) trail.shift();
  }

  // What several nodes follow together, with the way that it came since this page knows it.
  follow(told) {
    const trail = this.objects.get(told.key)?.trail ?? [];
    const object = Object.assign(placed(told), { trail, height_m: null });
    if (!(told.corrected_ms - trail.at(-1)?.ms < TRAIL_STEP_MS)) trail.push({ ms: told.corrected_ms, ...object.at });
    while (trail.length && told.corrected_ms - trail[0].ms > TRAIL_MS) trail.shift();
    this.objects.set(told.key, object);
  }

  happen(event) {
    event.points = event.trail.map(([latitude, longitude]) => world(latitude, longitude));
    this.log.set(event.key, event);
  }

  forget(gone) {
    for (const [table, map] of [["nodes", this.nodes], ["moving", this.tracks], ["crossings", this.crossings], ["objects", this.objects], ["log", this.log]]) {
      for (const key of gone[table] ?? []) map.delete(key);
    }
    for (const key of this.log.keys()) {
      if (this.log.size <= MOST_LOGGED) break;
      this.log.delete(key);
    }
  }
}

// `at` is the place on the world's square, null where none is known.
function placed(one) {
  one.at = one.latitude_deg === null ? null : world(one.latitude_deg, one.longitude_deg);
  return one;
}
