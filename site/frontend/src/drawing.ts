// What a figure draws of each curve: lines, bands, marks, the excluded side; and reference curves.

import type { Points } from "./decode.ts";
import { svg } from "./dom.ts";
import { toScale } from "./scale.ts";
import { DASHES, markerNode, path, slot, type Frame, type Projected } from "./shapes.ts";
import type { Axis, CurveData } from "./types.ts";

/** Filled curves from which on one tint shows their union. */
const CROWD = 5;

export interface Canvas {
  axes: [Axis, Axis];
  frame: Frame;
  /** Size of the type. */
  size: number;
  project: (points: Points) => [Float64Array, Float64Array];
  px: (u: number) => number;
  py: (v: number) => number;
  address: (curve: CurveData) => string;
}

export interface Guide {
  label: string;
  tip: string;
  closed?: boolean;
  /** The benchmark in which it holds. */
  model?: string;
  pieces: Points[];
}

export interface Manner {
  bands: boolean;
  markers: boolean;
  pinned: boolean;
  focused: boolean;
  /** Opacity of the inside of a region. */
  tint: number;
}

export function guideNodes(canvas: Canvas, guides: Guide[]): Node[] {
  const nodes: Node[] = [];
  for (const guide of guides) {
    const lines = guide.pieces.map((piece) => canvas.project(piece));
    const d = lines.map(([xs, ys]) => path(xs, ys)).join("");
    const title = svg("title", {}, guide.tip);
    if (guide.closed) nodes.push(svg("path", { class: "fp-theory", fill: "#f0e442", opacity: 0.45, d }, title));
    else {
      const dash = { stroke: "currentColor", "stroke-dasharray": DASHES.dotted, "stroke-width": 1.2 };
      nodes.push(svg("g", { class: "fp-kn" }, svg("path", { class: "fp-line", ...dash, d }, title)));
    }
    const name = guideName(canvas, guide.label, lines);
    if (name) nodes.push(name);
  }
  return nodes;
}

/** The name of a reference curve, at the last of its points that has room for it. */
function guideName({ frame, size }: Canvas, label: string, lines: [Float64Array, Float64Array][]): SVGElement | null {
  const { left, right, top, bottom } = frame;
  const inside = (x: number, y: number): boolean => x > left + 8 && x < right - 8 && y > top + size && y < bottom - 8;
  let best: [number, number] | null = null;
  for (const [xs, ys] of lines) for (let i = 0; i < xs.length; i++) if (inside(xs[i], ys[i]) && (!best || xs[i] > best[0])) best = [xs[i], ys[i]];
  if (!best) return null;
  const attributes = { class: "fp-label fp-name", x: best[0].toFixed(1), y: (best[1] - 5).toFixed(1), "text-anchor": "end", "font-size": 0.8 * size };
  return svg("g", { class: "fp-tag fp-kn" }, svg("text", attributes, label));
}

/** The excluded sides; of many curves as one union. */
export function fillNodes(canvas: Canvas, shown: Projected[]): Node[] {
  const nodes: Node[] = [];
  const union: string[] = [];
  const filled = shown.map((one) => ({ one, d: excludedSide(canvas, one) })).filter(({ d }) => d !== "");
  for (const { one, d } of filled) {
    if (filled.length >= CROWD) union.push(d);
    else nodes.push(svg("path", { class: `fp-fill ${slot(one.curve.data)}`, opacity: 0.09, d }));
  }
  if (union.length) nodes.push(svg("g", { class: "fp-union", opacity: 0.075 }, svg("path", { "fill-rule": "nonzero", d: union.join("") })));
  return nodes;
}

/** The outline of what a limit excludes; empty for all that fills no side. */
export function excludedSide(canvas: Canvas, one: Projected): string {
  const { fill, side } = one.curve.data;
  if (!fill || (side !== "above" && side !== "below")) return "";
  return one.curve.under.length ? underCeiling(canvas, one) : toEdge(canvas, one);
}

/** A link to the page of a curve that is drawn elsewhere: for the keyboard and for those who listen. */
export function anchorNode(canvas: Canvas, { curve: { data }, xs, ys }: Projected, focused: boolean): SVGAElement {
  const [x, y] = [xs[0]?.[0] ?? 0, ys[0]?.[0] ?? 0];
  const attributes = { href: canvas.address(data), tabindex: focused ? 0 : -1, "data-id": data.id, "aria-label": data.tip };
  return svg("a", { class: `fp-curve ${slot(data)} fp-${data.kind}`, ...attributes }, svg("path", { class: "fp-line", d: `M${x.toFixed(0)} ${y.toFixed(0)}h.1` }));
}

function toEdge({ frame }: Canvas, one: Projected): string {
  const edge = one.curve.data.side === "above" ? frame.top - 9 : frame.bottom + 9;
  const part = (xs: Float64Array, ys: Float64Array): string => `M${xs[0].toFixed(1)} ${edge}${path(xs, ys).replace("M", "L")}L${xs[xs.length - 1].toFixed(1)} ${edge}z`;
  return one.xs.map((xs, k) => (xs.length > 1 ? part(xs, one.ys[k]) : "")).join("");
}

function underCeiling(canvas: Canvas, one: Projected): string {
  return one.curve.under.map(([low, high]) => between(canvas, low, high)).join("");
}

function between(canvas: Canvas, low: Points, high: Points): string {
  const [lx, ly] = canvas.project(low);
  const [hx, hy] = canvas.project(high);
  return `${path(lx, ly)}${path(hx.reverse(), hy.reverse()).replace("M", "L")}z`;
}

/** A curve as a link to its page. */
export function curveNode(canvas: Canvas, { curve, xs, ys }: Projected, manner: Manner): SVGAElement {
  const { data } = curve;
  const d = xs.map((piece, k) => path(piece, ys[k]) + (data.closed ? "z" : "")).join("");
  const node = svg("a", {
    class: `fp-curve ${slot(data)} fp-${data.kind}${manner.pinned ? " fp-pinned" : ""}`,
    href: canvas.address(data),
    tabindex: manner.focused ? 0 : -1,
    "data-id": data.id,
    "aria-label": data.tip,
  });
  if (manner.bands) {
    for (const band of curve.bands) {
      node.append(svg("path", { class: "fp-band", opacity: band.level > 90 ? 0.16 : 0.24, d: between(canvas, band.low, band.high) }));
    }
  }
  if (data.closed) node.append(svg("path", { class: "fp-fill", opacity: data.side === "none" ? 2 * manner.tint : manner.tint, d }));
  const faded = curve.faded.map((piece) => path(...canvas.project(piece))).join("");
  if (faded) node.append(svg("path", { class: "fp-line fp-faded", opacity: 0.5, "stroke-width": 1.2, "stroke-dasharray": "1.5 3", d: faded }));
  const strokes = svg("g", {
    class: "fp-strokes",
    fill: "none",
    "stroke-width": data.width ?? 1.5,
    "stroke-linejoin": "round",
    "stroke-dasharray": DASHES[data.line ?? ""] ?? null,
    opacity: (data.opacity ?? 1) < 1 ? data.opacity : null,
  });
  strokes.append(svg("path", { class: "fp-line", d }));
  node.append(strokes);
  if (manner.bands) node.append(...companionNodes(canvas, curve));
  if (data.marker && manner.markers) node.append(markerNode(data.marker, xs, ys, canvas.frame));
  if (data.e && manner.markers) node.append(publishedNode(canvas, data.e));
  if (data.point) node.append(...pointNodes(canvas, data.point));
  return node;
}

function companionNodes(canvas: Canvas, curve: Projected["curve"]): Node[] {
  return curve.companions
    .filter(([name]) => name !== "discovery_3sigma")
    .map(([name, pieces]) => {
      const d = pieces.map((piece) => path(...canvas.project(piece))).join("");
      return svg("path", { class: "fp-line", "stroke-width": 1.2, "stroke-dasharray": name === "p50" ? "6 3.5" : "1.6 3", d });
    });
}

/** Published numbers to compare with, as circles. */
function publishedNode(canvas: Canvas, known: [number, number][]): SVGGElement {
  const circles = known.map(([x, y]) => [canvas.px(toScale(canvas.axes[0], x)), canvas.py(toScale(canvas.axes[1], y))]);
  const drawn = circles.filter((place) => place.every(Number.isFinite)).map(([cx, cy]) => svg("circle", { cx: cx.toFixed(1), cy: cy.toFixed(1), r: 4.6 }));
  return svg("g", { class: "fp-known", "stroke-width": 1.5 }, ...drawn);
}

function pointNodes(canvas: Canvas, [x, y, minus, plus]: NonNullable<CurveData["point"]>): Node[] {
  if (y === null) return [];
  const px = canvas.px(toScale(canvas.axes[0], x));
  const place = (value: number): number => canvas.py(toScale(canvas.axes[1], value));
  const [py, low, high] = [place(y), place(y - (minus ?? 0)), place(y + (plus ?? 0))];
  if (![px, py].every(Number.isFinite)) return [];
  const bar = [low, high].every(Number.isFinite) ? svg("path", { class: "fp-line", "stroke-width": 1.6, d: `M${px} ${low}V${high}` }) : null;
  return [...(bar ? [bar] : []), svg("circle", { class: "fp-dot", cx: px, cy: py, r: 4 })];
}
