// What lies over the curves: envelope, the place that is read, names of curves, points and curve of one's own.

import { svg } from "./dom.ts";
import type { Canvas } from "./drawing.ts";
import { place, type Line } from "./labels.ts";
import type { Look } from "./look.ts";
import { toScale } from "./scale.ts";
import { MARKS, path, slot, type Projected } from "./shapes.ts";

/** Points of one's own that are drawn; more cannot be told apart. */
const MARKED = 5000;

/** The envelope, and where values are read. */
export function overNodes(canvas: Canvas, look: Look): Node[] {
  const over: Node[] = [];
  if (look.envelope.length) {
    const d = look.envelope.map((piece) => path(...canvas.project(piece))).join("");
    over.push(svg("path", { class: "fp-envelope-under", d }), svg("path", { class: "fp-envelope-line", d }));
  }
  if (look.at !== null && look.at > 0) {
    const x = canvas.px(toScale(canvas.axes[0], look.at));
    over.push(svg("path", { class: "fp-here", d: `M${x} ${canvas.frame.top}V${canvas.frame.bottom}` }));
  }
  return over;
}

/** Names at the curves, where there is room for them. */
export function labelNodes(canvas: Canvas, shown: Projected[], measure: (text: string, size: number) => number): Node[] {
  const size = canvas.size * 0.93;
  const lines: Line[] = shown.map((one) => ({ id: one.curve.data.id, text: one.curve.data.label, xs: one.xs, ys: one.ys }));
  const labels = place(lines, canvas.frame, size, (text) => measure(text, size));
  const byId = new Map(shown.map((one) => [one.curve.data.id, one.curve.data]));
  return labels.map((label) => {
    const curve = byId.get(label.id)!;
    const text = svg("text", {
      class: "fp-label fp-name",
      "text-anchor": "middle",
      "font-size": size,
      y: size * 0.34,
      transform: `translate(${label.x.toFixed(1)} ${label.y.toFixed(1)}) rotate(${label.angle.toFixed(1)})`,
    });
    text.append(label.text);
    const ends = label.leader?.map((value) => value.toFixed(1));
    const leader = ends ? svg("path", { class: "fp-leader", d: `M${ends[0]} ${ends[1]}L${ends[2]} ${ends[3]}` }) : null;
    return svg("a", { class: slot(curve), tabindex: -1, href: canvas.address(curve) }, leader, text);
  });
}

/** Points and curve of one's own. */
export function markNodes(canvas: Canvas, { marks, own }: Look): Node[] {
  const nodes: Node[] = own.length ? [svg("path", { class: "fp-own", d: own.map((piece) => path(...canvas.project(piece))).join("") })] : [];
  for (const mark of marks.slice(0, MARKED)) {
    const x = canvas.px(toScale(canvas.axes[0], mark.x));
    const y = canvas.py(toScale(canvas.axes[1], mark.y));
    if (![x, y].every(Number.isFinite)) continue;
    const at = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
    nodes.push(svg("path", { class: `fp-mark-${mark.status.replace(" ", "-")}`, d: MARKS[mark.status], transform: at }, svg("title", {}, mark.title)));
  }
  return nodes;
}

/** Measures text as a figure would set it, each text once. */
export class Ruler {
  private readonly known = new Map<string, number>();
  private readonly canvas = document.createElement("canvas").getContext("2d");

  measure(node: Element, text: string, size: number): number {
    const key = `${size}|${text}`;
    let width = this.known.get(key);
    if (width === undefined) {
      if (this.canvas) this.canvas.font = `${size}px ${getComputedStyle(node).fontFamily || "sans-serif"}`;
      width = this.canvas ? this.canvas.measureText(text).width : text.length * size * 0.56;
      this.known.set(key, width);
    }
    return width;
  }
}
