// The numbers of a result whose licence keeps them back: what its drawing says.

import { toScale } from "./scale.ts";
import type { Curve } from "./shapes.ts";
import type { Axis, CurveData, Exact } from "./types.ts";

/** The numbers of a result, read off its drawing where they are not open. */
export function whole(exact: Exact, curve: Curve | undefined, axes: [Axis, Axis]): Exact {
  if (exact.shape !== "drawn") return exact;
  if (!curve) return { ...exact, shape: "none" };
  if (curve.data.point && axes[1].name === "row") return { ...exact, shape: "value", ...ends(curve.data.point) };
  const value = (index: 0 | 1, position: number): number => (axes[index].log ? 10 ** position : position);
  const pieces = curve.pieces.map((piece) => [[...piece.u].map((u) => value(0, u)), [...piece.v].map((v) => value(1, v))] as [number[], number[]]);
  const scales = axes.map((axis) => (axis.log ? "log" : "lin")) as Exact["scales"];
  if (curve.data.closed) return { ...exact, shape: "region", scales, pieces: pieces.map(([x, y]) => [[...x, x[0]], [...y, y[0]]]) };
  if (!["above", "below", "none"].includes(exact.side ?? "none")) return { ...exact, shape: "line", scales, pieces };
  const x: number[] = [];
  const y: (number | null)[] = [];
  for (const [xs, ys] of pieces) {
    if (x.length) {
      x.push(xs[0]);
      y.push(null);
    }
    x.push(...xs);
    y.push(...ys);
  }
  // The drawing lies on a grid: its ends are where the numbers end.
  const near = (a: number, b: number): boolean => Math.abs(toScale(axes[0], a) - toScale(axes[0], b)) <= axes[0].step;
  if (exact.low !== null && near(x[0], exact.low)) x[0] = exact.low;
  if (exact.high !== null && near(x[x.length - 1], exact.high)) x[x.length - 1] = exact.high;
  const rises = x.every((at, i) => i === 0 || at >= x[i - 1]);
  return rises ? { ...exact, shape: "function", scales, x, y, bands: {} } : { ...exact, shape: "line", scales, pieces };
}

/** Value and uncertainties as a row of a plane with one axis shows them. */
function ends([value, , minus, plus]: NonNullable<CurveData["point"]>): Pick<Exact, "value" | "minus" | "plus"> {
  return { value, ...(minus === null ? {} : { minus }), ...(plus === null ? {} : { plus }) };
}
