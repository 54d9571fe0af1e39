// Labels beside their marks, or below where a narrow map has no room, the more important first, each only where none lies yet.
const MOST = 60;
const LINE_PX = 15;
const ASIDE_PX = 15;

export class Labels {
  constructor(context, view) {
    Object.assign(this, { context, view, wanted: [] });
  }

  // `rank` 0 is always shown.
  add(x, y, title, words, colour, rank) {
    if (this.view.holds(x, y, 0)) this.wanted.push({ x, y, title, words, colour, rank });
  }

  draw(halo) {
    const { context } = this;
    const taken = [];
    context.textAlign = "left";
    context.lineJoin = "round";
    context.strokeStyle = halo;
    this.wanted.sort((a, b) => a.rank - b.rank);
    for (const label of this.wanted.slice(0, 4 * MOST)) {
      const box = this.box(label);
      if (label.rank && (taken.length >= MOST || taken.some((other) => overlap(box, other)))) continue;
      taken.push(box);
      this.write(label, box);
    }
  }

  box({ x, y, title, words }) {
    this.context.font = "600 12px system-ui, sans-serif";
    const width = Math.max(this.context.measureText(title).width, words ? this.context.measureText(words).width : 0);
    const height = LINE_PX * (words ? 2 : 1);
    const [right, left] = [x + ASIDE_PX, x - ASIDE_PX - width];
    if (right + width <= this.view.width) return { left: right, top: y - 10, right: right + width, bottom: y - 10 + height };
    if (left >= 0) return { left, top: y - 10, right: left + width, bottom: y - 10 + height };
    const below = Math.max(0, Math.min(x - width / 2, this.view.width - width));
    return { left: below, top: y + ASIDE_PX, right: below + width, bottom: y + ASIDE_PX + height };
  }

  write({ title, words, colour }, { left, top }) {
    const { context } = this;
    context.lineWidth = 3.5;
    context.fillStyle = colour;
    context.font = "600 12px system-ui, sans-serif";
    this.outlined(title, left, top + 12);
    context.font = "11.5px system-ui, sans-serif";
    if (words) this.outlined(words, left, top + 12 + LINE_PX);
  }

  outlined(text, x, y) {
    this.context.strokeText(text, x, y);
    this.context.fillText(text, x, y);
  }
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
