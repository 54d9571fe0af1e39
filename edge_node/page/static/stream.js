// The stream of server-sent events: opened again whenever it ends or falls silent, closed while nobody sees the page.
const SILENT_MS = 3500;
const AGAIN_MS = 1500;
const SETTLE_MS = 50;

export class Stream {
  constructor(handlers, onState) {
    this.handlers = handlers;
    this.onState = onState;
    this.looked = "";
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
  }

  // Which sensors' data is to be seen.
  look(sensors) {
    const looked = sensors.map(encodeURIComponent).join(",");
    if (looked === this.looked) return;
    this.looked = looked;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => document.hidden || this.open(), SETTLE_MS);
  }

  open() {
    this.close();
    const source = (this.source = new EventSource(`/events?look=${this.looked}`));
    for (const [name, handle] of Object.entries(this.handlers)) {
      source.addEventListener(name, (event) => {
        this.watch();
        this.onState(true);
        handle(JSON.parse(event.data));
      });
    }
    source.onerror = () => this.lose();
    this.watch();
  }

  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(), SILENT_MS);
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  lose() {
    this.close();
    this.onState(false);
    this.timer = setTimeout(() => this.tryAgain(), AGAIN_MS);
  }

  async tryAgain() {
    if (document.hidden) return;
    const answer = await fetch("/settings").catch(() => null);
    if (answer?.status === 401) location.replace("/login");
    else if (answer?.ok) this.open();
    else this.lose();
  }
}
