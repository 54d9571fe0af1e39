// What the page says, in words.
const STATES = { tentative: "not yet sure", confirmed: "confirmed", lost: "lost" };
const COOPERATIONS = {
  authorised: ["authorised", "authorised"],
  unknown: ["unknown", ""],
  in_restricted_zone: ["in restricted zone", "zone"],
  non_cooperative: ["says nothing", "silent"],
};
const SOUNDS = { multirotor: "multirotor", fixed_wing: "fixed-wing drone", helicopter: "helicopter", machine: "machine", none: "something" };
const SIGHTS = { drone: "drone", bird: "bird", aeroplane: "aeroplane", helicopter: "helicopter", balloon: "balloon", insect: "insect", unknown: "something" };
const TARGETS = { ...SIGHTS, multirotor: "multirotor", fixed_wing: "fixed-wing drone", vehicle: "vehicle" };
const DOINGS = {
  hovers: (value) => `hovers for ${age(value * 1000)}`,
  climbs: (value) => `climbs ${value.toFixed(1)} m/s`,
  descends: (value) => `descends ${value.toFixed(1)} m/s`,
  loiters: (value) => `loiters within ${metres(value)}`,
  approaches: (value, about) => (value > 0 ? `approaches ${about ?? "a protected point"} in ${age(value * 1000)}` : `is at ${about ?? "a protected point"}`),
  swarms: (value) => `one of ${value.toFixed(0)} that move as one`,
  drifts: (value) => `drifts at ${value.toFixed(1)} m/s`,
  fast: (value) => `fast, ${value.toFixed(0)} m/s`,
};
const DRONES = ["multirotor", "fixed_wing"];
const SURELY_THERE_PERCENT = 90;
const LINKS = {
  elrs_900: "ELRS 900 link",
  elrs_2400: "ELRS 2.4 link",
  crossfire: "Crossfire link",
  frsky_r9: "FrSky R9 link",
  sik: "SiK telemetry link",
  dji_ocusync: "DJI OcuSync link",
  analog_video: "analog video sender",
  lora: "LoRa link",
  fsk: "FSK link",
};
const LOUDER_DBPS = 0.2;
const OPERATOR_PLACES = { take_off: "told by where it took off", live: "place told live", fixed: "fixed place" };
const SILENT_MS = 10_000;

export const spaced = (name) => (name ?? "").replaceAll("_", " ");
export const state = (track) => STATES[track.state] ?? "";
export const cooperation = (track) => COOPERATIONS[track.cooperation] ?? null;
export const operatorPlace = (track) => OPERATOR_PLACES[track.operator_location] ?? "";
export const suspected = (track) => (track.suspicion_percent ?? 0) > 0;

export function number(value, digits, unit) {
  return value === null || value === undefined ? "" : `${value.toFixed(digits)} ${unit}`;
}

export function age(ms) {
  const seconds = Math.max(ms, 0) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(0)} h`;
}

export const metres = (value) => (value < 1000 ? `${value.toFixed(0)} m` : `${(value / 1000).toFixed(value < 10_000 ? 2 : 1)} km`);
export const azimuth = (value) => `${(Math.round(value) % 360).toString().padStart(3, "0")}°`;
export const place = (one) => `${one.latitude_deg.toFixed(5)}, ${one.longitude_deg.toFixed(5)}`;
export const joined = (parts, by = " · ") => parts.filter(Boolean).join(by);

// Who an aircraft claims to be, or what is known of it instead; `node` is who heard it.
export function name(track, node) {
  const claimed = track.ids?.[0]?.[1] || track.transmitter || targetName(track);
  if (claimed || track.at) return claimed || "no identity";
  const from = `${track.azimuth_deg === null ? "" : azimuth(track.azimuth_deg)} from ${node?.name ?? track.node}`;
  const sensed = track.sound ? SOUNDS[track.sound] : track.sight ? SIGHTS[track.sight] : track.target ? targetKind(track) : "";
  const what = (sensed && judgedKind(track)) || sensed || linkName(track);
  return what ? `${what} ${from.trim()}` : track.azimuth_deg === null ? "no identity" : from;
}

export const objectName = (object) => `object ${object.key}${object.ambiguous ? ", may be a ghost" : ""}`;

export function motion(track) {
  const course = track.course_deg === null || track.speed_mps < 0.5 ? "" : azimuth(track.course_deg);
  const height = track.height_m !== null ? number(track.height_m, 0, "m high") : track.altitude_m !== null ? number(track.altitude_m, 0, "m WGS-84") : "";
  return joined([height, number(track.speed_mps, 0, "m/s"), course]);
}

// What it sounds like, and how surely it is a drone.
export function sound(track) {
  return track.sound ? `${SOUNDS[track.sound]} heard, ${track.probability_percent.toFixed(0)} %` : "";
}

export function loudness(track) {
  if (!track.sound) return "";
  const above = track.level_reference === "spl" ? "dB SPL" : "dB of full scale";
  const blades = track.blade_pass_hz === null ? "" : `blade pass ${track.blade_pass_hz.toFixed(0)} Hz`;
  return joined([blades, number(track.level_db, 0, above), number(track.snr_db, 0, "dB above the noise")]);
}

// What it looks like, and how surely; of what nobody knows, how surely it is a drone.
export function sight(track) {
  if (!track.sight) return "";
  const sure = track.label_percent === null || track.sight === "unknown" ? `drone ${track.drone_percent.toFixed(0)} %` : `${track.label_percent.toFixed(0)} %`;
  return joined([`${SIGHTS[track.sight]} seen`, sure, range(track)], ", ");
}

// How far it is by its size alone.
export function range(track) {
  if (track.range_m === null) return "";
  return `about ${metres(track.range_m)}${track.sigma_range_m === null ? "" : ` ±${metres(2 * track.sigma_range_m)}`}`;
}

export function look(track) {
  if (!track.sight) return "";
  const warm = track.temperature_k === null ? "" : number(track.temperature_k - 273.15, 0, "°C");
  const drone = track.sight === "drone" ? "" : `drone ${track.drone_percent.toFixed(0)} %`;
  const size = track.size_deg === null ? "" : `${track.size_deg.toFixed(2)}° wide`;
  return joined([drone, size, number(track.contrast_db, 0, "dB of contrast"), warm, track.extrapolated ? "hidden now" : ""]);
}

const linkName = (track) => (track.link ? LINKS[track.link] ?? `${spaced(track.link)} link` : "");
const megahertz = (hz, digits) => (hz === null ? "" : `${(hz / 1e6).toFixed(digits)} MHz`);

// Which link it sends, where, how often, and whether it comes nearer as far as loudness tells.
export function link(track) {
  if (!track.link) return "";
  const rate = track.packet_rate_hz === null ? "" : `${track.packet_rate_hz.toFixed(0)} packets/s`;
  return joined([joined([linkName(track), megahertz(track.center_hz, 1)], " "), rate, trend(track), track.withdrawn ? "no drone's after all" : ""], ", ");
}

function trend(track) {
  if (track.level_rate_dbps === null || Math.abs(track.level_rate_dbps) < LOUDER_DBPS) return "";
  return track.level_rate_dbps > 0 ? "getting stronger" : "getting weaker";
}

export function transmission(track) {
  if (!track.link) return "";
  const channels = track.channels > 1 ? `${track.channels} channels over ${megahertz(track.span_hz, 1)}${track.grid ? ` of ${track.grid}` : ""}` : "";
  const sure = number(track.link_percent, 0, "% sure");
  return joined([sure, channels, `${(track.bandwidth_hz / 1e3).toFixed(0)} kHz wide`]);
}

export function reception(track) {
  if (!track.link) return "";
  const rate = track.level_rate_dbps === null ? "" : `${track.level_rate_dbps > 0 ? "+" : ""}${track.level_rate_dbps.toFixed(1)} dB/s`;
  const offset = track.carrier_offset_hz === null ? "" : `carrier off by ${(track.carrier_offset_hz / 1e3).toFixed(2)} kHz`;
  const since = track.link_heard_s === null ? "" : `for ${age(track.link_heard_s * 1000)}`;
  return joined([number(track.link_snr_db, 0, "dB above the noise"), number(track.link_level_dbfs, 0, "dBFS"), rate, offset, since]);
}

const targetName = (track) => (track.target_ids?.find(([kind]) => kind === "callsign") ?? track.target_ids?.[0])?.[1];
const targetKind = (track) => (track.target === "unknown" && track.target_drone_percent > 50 ? "drone" : TARGETS[track.target]);

// What another sensor says it is, and how surely.
export function target(track) {
  if (!track.target) return "";
  const by = track.surveillance === "cooperative" ? "says itself" : "reported";
  return joined([`${by}: ${targetKind(track)}`, number(track.target_percent, 0, "%")], ", ");
}

export function targetNames(track) {
  if (!track.target) return "";
  const names = track.target_ids.map(([kind, value]) => `${spaced(kind)} ${value}`);
  return joined([...names, track.category ? `category ${track.category}` : "", number(track.altitude_baro_m, 0, "m above 1013 hPa")]);
}

const judgedKind = (track) => (track.judged === "unknown" && track.judged_drone_percent > 50 ? "drone" : track.judged && track.judged !== "unknown" ? TARGETS[track.judged] ?? spaced(track.judged) : "");

// What all sensors together take it for, and how surely.
export function takenFor(track) {
  const percent = track.judged === "unknown" ? track.judged_drone_percent : track.judged_percent;
  return judgedKind(track) ? `${judgedKind(track)}, ${(percent ?? 0).toFixed(0)} %` : "";
}

// That it may be nothing at all, where that is so.
export const there = (track) => ((track.existence_percent ?? 100) < SURELY_THERE_PERCENT ? `there ${track.existence_percent.toFixed(0)} %` : "");
export const judged = (track) => joined([takenFor(track) ? `taken for ${takenFor(track)}` : "", there(track)], ", ");
export const claim = (track) => number(track.claim_percent, 0, "% that it is where it says");

// What it does, in a few words each.
export const behaviour = (track) => joined((track.behaviour ?? []).map(([name, value, about]) => (value === null || !DOINGS[name] ? spaced(name) : DOINGS[name](value, about))), ", ");
export const reasons = (track) => joined((track.reasons ?? []).map(([name, reason]) => `${spaced(name)}: ${reason}`), "; ");
export const approaching = (track) => (track.behaviour ?? []).some(([name]) => name === "approaches");

const manned = (track) => ["aeroplane", "helicopter", "bird", "balloon", "vehicle"].includes(track.target);

const otherThanDrone = (track) => Boolean(track.withdrawn) || manned(track) || (Boolean(track.sight) && !["drone", "unknown"].includes(track.sight));

// Whether it is surely something other than a drone, by all sensors together where these are sure, and says nothing of itself.
export const elsewise = (track) => !track.ids?.length && (track.judged && track.judged !== "unknown" ? !DRONES.includes(track.judged) : otherThanDrone(track));

export function bearing(track) {
  if ((track.front_deg ?? null) !== null) return `${azimuth(track.front_deg)} from the front of its vehicle, whose heading is not known`;
  if (track.azimuth_deg === null) return track.sound || track.sight || track.link || track.target ? "no bearing" : "no place";
  const sigma = track.sigma_azimuth_deg === null ? "" : ` ±${(2 * track.sigma_azimuth_deg).toFixed(track.sigma_azimuth_deg < 0.1 ? 2 : 1)}°`;
  const pose = track.sigma_pose_deg === null ? "" : `mounting ±${(2 * track.sigma_pose_deg).toFixed(1)}°`;
  return joined([`bearing ${azimuth(track.azimuth_deg)}${sigma}`, pose, track.elevation_deg === null ? "" : `${track.elevation_deg.toFixed(0)}° up`]);
}

// How a node stands: the class of its mark, and a word.
export function standing(node, now) {
  if (node.revoked) return ["revoked", "revoked"];
  if (node.heard_ms === null) return ["quiet", "never heard"];
  const silent = now - node.heard_ms;
  if (silent > SILENT_MS) return ["quiet", `silent for ${age(silent)}`];
  return [node.verdict ?? "quiet", silent < 1000 ? "heard now" : `heard ${age(silent)} ago`];
}

export function health(node) {
  if (node.revoked) return "Revoked: nothing that it says is believed.";
  return node.sentence ?? (node.heard_ms === null ? "Enrolled, and not heard since this page's C2 started." : "It has not said yet how it is.");
}

export function clock(node) {
  if (node.heard_ms === null) return "";
  if (node.clock_sigma_s === null) return "clock not vouched for";
  const ms = node.clock_sigma_s * 1000;
  return `clock ±${ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`}${node.clock_source ? ` (${node.clock_source})` : ""}`;
}
