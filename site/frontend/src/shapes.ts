// Curves made ready to draw, and the shapes they are drawn with.

import { decodeCurve, type Points } from "./decode.ts";
import { svg } from "./dom.ts";
import { walk } from "./labels.ts";
import type { CurveData, PlaneData } from "./types.ts";

/** The part of the figure inside the axes, in pixels. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Curve {
  data: CurveData;
  pieces: Points[];
  faded: Points[];
  bands: { level: number; low: Points; high: Points }[];
  companions: [string, Points[]][];
  /** Limit and ceiling of each stretch under a ceiling. */
  under: [Points, Points][];
}

/** A curve in pixels, one array for each stretch. */
export interface Projected {
  curve: Curve;
  xs: Float64Array[];
  ys: Float64Array[];
}

export const DASHES: Record<string, string> = { dashed: "6 3.5", dashdot: "9 3.5 2 3.5", dotted: "1.6 3", translated: "11 4" };

/** Marks of points by their verdict. */
export const MARKS: Record<string, string> = {
  excluded: "M-5-5L5 5M5-5L-5 5",
  allowed: "M-4.500 0a4.500 4.500 0 1 0 9 0a4.500 4.500 0 1 0-9 0z",
  "not covered": "M-4.500 0a4.500 4.500 0 1 0 9 0a4.500 4.500 0 1 0-9 0z",
  unknown: "M0-5.500L5.500 0L0 5.500L-5.500 0z",
};

/** The class that sets the colours of a curve. */
export function slot(curve: { slot?: number | null }): string {
  return curve.slot === null || curve.slot === undefined ? "fp-kn" : `fp-k${curve.slot}`;
}

/** Path data in pixels to a tenth; points within half a pixel of the last one are left out. */
export function path(xs: Float64Array, ys: Float64Array): string {
  let out = "";
  let lastX = NaN;
  let lastY = NaN;
  for (let i = 0; i < xs.length; i++) {
    if (i && i < xs.length - 1 && Math.abs(xs[i] - lastX) < 0.5 && Math.abs(ys[i] - lastY) < 0.5) continue;
    out += `${i ? "L" : "M"}${xs[i].toFixed(1)} ${ys[i].toFixed(1)}`;
    lastX = xs[i];
    lastY = ys[i];
  }
  return out;
}

/** The marks along a curve that tell the origin of its numbers. */
export function markerNode(kind: string, xs: Float64Array[], ys: Float64Array[], frame: Frame): SVGGElement {
  const group = svg("g", { "stroke-width": 1.2 });
  let count = 0;
  walk({ xs, ys }, 64, (x, y) => {
    if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom || count++ > 60) return;
    if (kind === "triangle") group.append(svg("path", { class: "fp-mark", d: `M${x.toFixed(1)} ${(y - 3.4).toFixed(1)}l2.9 5h-5.800z` }));
    else group.append(svg("circle", { class: kind === "dot" ? "fp-dot" : "fp-mark", cx: x.toFixed(1), cy: y.toFixed(1), r: kind === "dot" ? 2.3 : 2.7 }));
  });
  return group;
}

/** The curves of a plane by identifier. */
export function decode(data: PlaneData): Map<string, Curve> {
  const { axes } = data.plane;
  const all = (texts: string[] | undefined): Points[] => (texts ?? []).map((text) => decodeCurve(text, axes));
  return new Map(
    data.curves.map((curve) => [
      curve.id,
      {
        data: curve,
        pieces: all(curve.d),
        faded: all(curve.f),
        bands: (curve.b ?? []).map(([level, low, high]) => ({
          level,
          low: decodeCurve(low, axes),
          high: decodeCurve(high, axes),
        })),
        under: (curve.u ?? []).map(([low, high]) => [decodeCurve(low, axes), decodeCurve(high, axes)]),
        companions: Object.entries(curve.c ?? {}).map(([name, texts]) => [name, all(texts)]),
      },
    ]),
  );
}
