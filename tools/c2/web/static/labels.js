// Labels beside their marks, the more important first, each where it covers no other and, if it can be, no mark either.
const MOST = 60;
const LINE_PX = 15;
const ASIDE_PX = 15;
const MARK_PX = 9;
const MOST_WIDTHS = 2000;
const BOLD = "600 12px system-ui, sans-serif";
const PLAIN = "11.5px system-ui, sans-serif";
const widths = new Map();

export class Labels {
  constructor(context, view) {
    Object.assign(this, { context, view, wanted: [] });
  }

  // `rank` 0 is always shown.
  add(x, y, title, words, colour, rank) {
    if (this.view.holds(x, y, 0)) this.wanted.push({ x, y, title, words, colour, rank });
  }

  draw(halo, marks) {
    const { context } = this;
    context.textAlign = "left";
    context.lineJoin = "round";
    context.strokeStyle = halo;
    this.taken = [];
    this.marks = marks.slice(0, 4 * MOST).map(({ x, y }) => ({ left: x - MARK_PX, top: y - MARK_PX, right: x + MARK_PX, bottom: y + MARK_PX }));
    this.wanted.sort((a, b) => a.rank - b.rank);
    for (const label of this.wanted.slice(0, 4 * MOST)) {
      if (label.rank && this.taken.length >= MOST) break;
      const box = this.box(label);
      if (!box) continue;
      this.taken.push(box);
      this.write(label, box);
    }
  }

  // Right of its mark, left, below or above; null where each of these is taken.
  box({ x, y, title, words, rank }) {
    const width = Math.max(this.width(title), words ? this.width(words) : 0);
    const height = LINE_PX * (words ? 2 : 1);
    const middle = Math.max(0, Math.min(x - width / 2, this.view.width - width));
    const corners = [[x + ASIDE_PX, y - 10], [x - ASIDE_PX - width, y - 10], [middle, y + ASIDE_PX], [middle, y - ASIDE_PX - height]];
    const boxes = corners.map(([left, top]) => ({ left, top, right: left + width, bottom: top + height }));
    const whole = boxes.filter(({ left, right }) => left >= 0 && right <= this.view.width);
    const free = whole.filter((one) => !this.taken.some((other) => overlap(one, other)));
    return free.find((one) => !this.marks.some((mark) => overlap(one, mark))) ?? free[0] ?? (rank ? null : whole[0] ?? boxes[0]);
  }

  width(text) {
    if (widths.size > MOST_WIDTHS) widths.clear();
    if (!widths.has(text)) {
      this.context.font = BOLD;
      widths.set(text, this.context.measureText(text).width);
    }
    return widths.get(text);
  }

  write({ title, words, colour }, { left, top }) {
    const { context } = this;
    context.lineWidth = 3.5;
    context.fillStyle = colour;
    context.font = BOLD;
    this.outlined(title, left, top + 12);
    context.font = PLAIN;
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
