// What is said of a track, a sensor and a time, in words.
const POINTS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
const ELSEWISE = ["bird", "aeroplane", "helicopter", "balloon", "vehicle"];
const MOST_FLAGS = 3;
const KNOWN = { authorised: "known", unknown: "unknown", in_restricted_zone: "in restricted zone", non_cooperative: "says nothing of itself" };

export const point = (azimuth) => POINTS[Math.round(azimuth / 45) % 8];

export function ago(seconds) {
  if (seconds == null) return "never";
  if (seconds < 10) return `${seconds.toFixed(1)} s ago`;
  if (seconds < 120) return `${Math.round(seconds)} s ago`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3600)} h ago`;
}

// With spaces that break no line between a number and its unit.
export const metres = (m) => (m == null ? "" : m >= 1000 ? `${(m / 1000).toFixed(1)}\u00a0km` : `${Math.round(m)}\u00a0m`);

// A drone that should say who it is and does not is no false one.
const SILENT = "body_without_claim";
const FIRST = ["zone", "silent", "spoof", "unknown", "known", "other"];

// The kind of mark: doubt first, then that it is no drone, then what it may do here.
export function kindOf(mark) {
  if (mark.doubt) return mark.doubt === SILENT ? "silent" : "spoof";
  if (ELSEWISE.includes(mark.label)) return "other";
  return { authorised: "known", in_restricted_zone: "zone", non_cooperative: "silent" }[mark.known] ?? "unknown";
}

// What matters most stands first, and otherwise nothing moves about.
export function ordered(marks) {
  const rank = (mark) => (mark.state === "confirmed" ? 0 : FIRST.length) + FIRST.indexOf(kindOf(mark));
  return [...marks].sort((a, b) => rank(a) - rank(b) || a.number - b.number);
}

export function whereOf(mark) {
  if (mark.azimuth_deg == null) return "no direction";
  const front = mark.reference === "vehicle";
  const towards = `${Math.round(mark.azimuth_deg)}°${front ? " of front" : ` ${point(mark.azimuth_deg)}`} ±${plain(2 * mark.sigma_azimuth_deg)}°`;
  const up = mark.elevation_deg == null ? "height unknown" : `${Math.round(mark.elevation_deg)}° up`;
  return [towards, up, metres(mark.range_m)].filter(Boolean).map((part) => part.replaceAll(" ", "\u00a0")).join(" · ");
}

const plain = (degrees) => (degrees < 1 ? degrees.toFixed(1) : Math.round(degrees));

export function chipsOf(mark) {
  const chips = [];
  if (mark.doubt) chips.push(mark.doubt === SILENT ? ["no Remote ID", "silent"] : ["spoof suspected", "spoof"]);
  if (mark.known) chips.push([KNOWN[mark.known] ?? mark.known, { authorised: "known", in_restricted_zone: "zone" }[mark.known] ?? ""]);
  if (mark.label && mark.label !== "unknown") chips.push([mark.label.replace("_", " "), ""]);
  if (mark.state !== "confirmed") chips.push([mark.state, "dim"]);
  for (const flag of mark.flags.filter((one) => one !== SILENT).slice(0, MOST_FLAGS)) chips.push([flag.replaceAll("_", " "), "dim"]);
  return chips;
}

export function coverageOf(one) {
  if (one.reach_m <= 0) return `BLIND: ${one.notes.join(", ") || "nobody knows why"}`;
  const front = one.reference === "vehicle" ? " of the front" : "";
  const towards = one.width_deg >= 360 ? "all around" : `towards ${Math.round(one.azimuth_deg)}°${front} ± ${Math.round(one.width_deg / 2)}°`;
  const notes = one.notes.length ? `; ${one.notes.join(", ")}` : "";
  return `covers by ${one.sense.replace("_", " ")} ${towards}, to ${metres(one.reach_m)}${notes}`;
}
