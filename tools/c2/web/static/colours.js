import { elsewise } from "./words.js";

// The look's colours, read from the style sheet once per look.
let known = {};

export function colour(name) {
  known[name] ??= getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return known[name];
}

export function setLook(look) {
  document.documentElement.dataset.look = look;
  known = {};
}

// The colour of a track: doubt first, then that it is a bird or the like, then what it may do here.
export function trackColour(track) {
  if (track.suspicion_percent > 0) return "suspect";
  if (elsewise(track)) return "dim";
  return { authorised: "authorised", in_restricted_zone: "zone", non_cooperative: "silent" }[track.cooperation] ?? "unknown";
}
