// What the user has chosen: one track, crossing, node or event, or nothing.
export class Chosen {
  kind = "";
  key = null;

  constructor(onChange) {
    this.onChange = onChange;
  }

  is(kind, key) {
    return this.kind === kind && this.key === key;
  }

  set(kind, key) {
    Object.assign(this, { kind, key });
    this.onChange();
  }

  clear() {
    this.set("", null);
  }
}
