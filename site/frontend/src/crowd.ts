// Many curves on a canvas behind the figure, drawn a few milliseconds at a time, so that the page stays quick.
// While the view moves, the picture moves with it; it is drawn anew when the view rests.

import { h } from "./dom.ts";
import { DASHES, type Frame, type Projected } from "./shapes.ts";

/** Curves from which on they are drawn here. */
export const CROWDED = 150;

/** Milliseconds of one slice of the work. */
const SLICE = 9;

/** Scale and shift of a view, in pixels. */
export interface Place {
  k: number;
  x: number;
  y: number;
}

export interface Task {
  shown: Projected[];
  frame: Frame;
  place: Place;
  tint: number;
  /** What is filled as one, on which edge. */
  fills: (one: Projected) => string;
  colour: (one: Projected) => string;
  ink: string;
  pinned: string[];
}

export class Crowd {
  readonly node = h("div", { class: "fp-crowd", "aria-hidden": "true", hidden: true });
  private front = h("canvas");
  private back = h("canvas");
  private drawn: { frame: Frame; place: Place } | null = null;
  private turn = 0;

  constructor() {
    this.back.hidden = true;
    this.node.append(this.front, this.back);
  }

  /** Draw anew; what was begun before is given up. */
  async draw(task: Task): Promise<void> {
    const mine = ++this.turn;
    const { frame } = task;
    const [width, height] = [frame.right - frame.left, frame.bottom - frame.top];
    const dense = Math.min(devicePixelRatio || 1, 2);
    this.back.width = Math.round(width * dense);
    this.back.height = Math.round(height * dense);
    const pen = this.back.getContext("2d", { willReadFrequently: true });
    if (!pen) return;
    pen.setTransform(dense, 0, 0, dense, -frame.left * dense, -frame.top * dense);
    pen.lineJoin = "round";
    let since = performance.now();
    for (const step of steps(pen, task)) {
      step();
      if (performance.now() - since < SLICE) continue;
      pen.getImageData(0, 0, 1, 1); // what is drawn so far is drawn now, not all at the end
      await new Promise((resume) => setTimeout(resume));
      if (mine !== this.turn) return;
      since = performance.now();
    }
    this.show(frame, task.place);
  }

  /** Move the picture to a view that is not drawn yet. */
  move(place: Place): void {
    this.turn++;
    if (!this.drawn) return;
    const { frame, place: from } = this.drawn;
    const scale = place.k / from.k;
    const shift = [(frame.left - from.x) * scale + place.x - frame.left, (frame.top - from.y) * scale + place.y - frame.top];
    this.front.style.transform = `translate(${shift[0]}px, ${shift[1]}px) scale(${scale})`;
  }

  leave(): void {
    this.turn++;
    this.drawn = null;
    this.node.hidden = true;
  }

  private show(frame: Frame, place: Place): void {
    [this.front, this.back] = [this.back, this.front];
    this.front.hidden = false;
    this.back.hidden = true;
    this.front.style.transform = "";
    this.drawn = { frame, place };
    const { style } = this.node;
    style.left = `${frame.left}px`;
    style.top = `${frame.top}px`;
    for (const one of [style, this.front.style]) {
      one.width = `${frame.right - frame.left}px`;
      one.height = `${frame.bottom - frame.top}px`;
    }
    this.node.hidden = false;
  }
}

/** The work in small steps: the excluded sides first, then each curve. */
function* steps(pen: CanvasRenderingContext2D, task: Task): Generator<() => void> {
  const union = new Path2D();
  for (const one of task.shown) yield () => union.addPath(new Path2D(task.fills(one)));
  yield () => {
    pen.globalAlpha = 0.075;
    pen.fillStyle = task.ink;
    pen.fill(union, "nonzero");
  };
  for (const one of task.shown) yield () => stroke(pen, one, task);
}

function stroke(pen: CanvasRenderingContext2D, one: Projected, task: Task): void {
  const { data } = one.curve;
  const line = new Path2D();
  one.xs.forEach((xs, k) => trace(line, xs, one.ys[k], data.closed ?? false));
  const colour = task.colour(one);
  if (data.closed) {
    pen.globalAlpha = task.tint;
    pen.fillStyle = colour;
    pen.fill(line);
  }
  pen.globalAlpha = data.opacity ?? 1;
  pen.strokeStyle = colour;
  pen.lineWidth = task.pinned.includes(data.id) ? 3 : (data.width ?? 1.5);
  pen.setLineDash((DASHES[data.line ?? ""] ?? "").split(" ").filter(Boolean).map(Number));
  pen.stroke(line);
}

/** Add a stretch to a line; points within half a pixel of the last one are left out. */
function trace(line: Path2D, xs: Float64Array, ys: Float64Array, closed: boolean): void {
  let [lastX, lastY] = [NaN, NaN];
  for (let i = 0; i < xs.length; i++) {
    if (i && i < xs.length - 1 && Math.abs(xs[i] - lastX) < 0.5 && Math.abs(ys[i] - lastY) < 0.5) continue;
    if (i) line.lineTo(xs[i], ys[i]);
    else line.moveTo(xs[i], ys[i]);
    [lastX, lastY] = [xs[i], ys[i]];
  }
  if (closed) line.closePath();
}
