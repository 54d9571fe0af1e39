// What this browser remembers: the look, the range of bearings, and where the map was.
const DEFAULTS = { look: "night", range: "2000", view: null };

export function remembered(name) {
  try {
    return JSON.parse(localStorage.getItem(`edge_node.${name}`)) ?? DEFAULTS[name];
  } catch {
    return DEFAULTS[name]; // a browser that keeps nothing, or kept something else
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`edge_node.${name}`, JSON.stringify(value));
  } catch {
    // A private window may keep nothing; then this holds until it is closed.
  }
}
