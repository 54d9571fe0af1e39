// The stream of server-sent events: opened again whenever it ends or falls silent, and the login page when the session is over.
const SILENT_MS = 4000;
const AGAIN_MS = 1500;

export class Stream {
  constructor(onMessage, onLink) {
    this.onMessage = onMessage;
    this.onLink = onLink;
    this.open();
  }

  open() {
    this.source = new EventSource("/events");
    this.source.onmessage = (event) => this.hear(JSON.parse(event.data));
    this.source.onerror = () => this.lose();
    this.watch();
  }

  hear(message) {
    this.watch();
    this.onLink(true);
    this.onMessage(message);
  }

  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(), SILENT_MS);
  }

  lose() {
    clearTimeout(this.timer);
    this.source.close();
    this.onLink(false);
    this.timer = setTimeout(() => this.tryAgain(), AGAIN_MS);
  }

  async tryAgain() {
    const answer = await fetch("/settings").catch(() => null);
    if (answer?.status === 401) location.replace("/login");
    else if (answer?.ok) this.open();
    else this.lose();
  }
}
