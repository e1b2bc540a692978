// What a curve says at a place: value, level, assumptions, source.

import type { Reader } from "./curves.ts";
import { h, symbol } from "./dom.ts";
import { amount, numberText } from "./numbers.ts";
import { clText } from "./state.ts";
import type { CurveData, PlaneData } from "./types.ts";

export interface Told {
  lines: (Node | string)[][];
  /** The same in a few words, for those who listen. */
  spoken: string;
}

/** 0.12 + 0.001 − 0.001, or the side on which a limit leaves something. */
export function rowText([value, , minus, plus]: NonNullable<CurveData["point"]>, side: CurveData["side"], unit: string): string {
  if (side === "above" || side === "below") return `${side === "above" ? "<" : ">"} ${amount(value, unit)}`;
  if (minus === null && plus === null) return amount(value, unit);
  const least = Math.min(...[minus, plus].filter((end): end is number => end !== null && end > 0));
  if (Number.isFinite(least) && least >= 1e-7 && Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5) {
    // As many decimals as the uncertainty has, to two digits.
    const decimals = Math.max(1 - Math.floor(Math.log10(least)), 0);
    const told = minus === plus ? ` ± ${least.toFixed(decimals)}` : `${plus === null ? "" : ` + ${plus.toFixed(decimals)}`}${minus === null ? "" : ` − ${minus.toFixed(decimals)}`}`;
    return `${value.toFixed(decimals).replace("-", "−")}${told}${unit ? `\u00a0${unit}` : ""}`;
  }
  const ends = minus === plus ? ` ± ${numberText(plus!)}` : `${plus === null ? "" : ` + ${numberText(plus)}`}${minus === null ? "" : ` − ${numberText(minus)}`}`;
  return `${numberText(value)}${ends}${unit ? `\u00a0${unit}` : ""}`;
}

/** Values are those of the numbers once they are loaded, before that those of the drawing, marked ≈. */
export function tell(plane: PlaneData, data: CurveData, at: { x: number; y: number }, reader: Reader | null): Told {
  const [xAxis, yAxis] = plane.plane.axes;
  const row = plane.plane.rows && data.point;
  const exact = reader ? reader.value(at.x) : NaN;
  const value = Number.isNaN(exact) ? `≈ ${amount(at.y, yAxis.label)}` : amount(exact, yAxis.label);
  const reading = row ? rowText(row, data.side, xAxis.label) : `${value} at ${amount(at.x, xAxis.label)}`;
  const level = data.cl === null ? "CL not stated" : `${clText(data.cl)} % CL`;
  const known = plane.fields
    .map((field, k) => [field, data.facts[k]] as const)
    .filter(([field, index]) => index >= 0 && !field.path.startsWith("statistics.") && field.values[index] !== "?")
    .slice(0, 6)
    .map(([field, index]) => `${field.name} ${field.values[index]}`);
  const lines: (Node | string)[][] = [
    [h("strong", {}, data.label)],
    [reading],
    [[level, data.kind, data.role === "observed" ? "" : data.role, data.year ?? ""].filter(Boolean).join(" · ")],
    known.flatMap((text, i) => [i ? " · " : "", symbol(text)]),
    [data.cite.map(([text]) => text).slice(0, 2).join(", ")],
    data.unstated.length ? ["not stated: ", symbol(data.unstated.join(", "))] : [],
  ];
  const spoken = `${data.label}: ${reading}, ${level}, ${data.kind}`;
  return { lines: lines.filter((line) => line.some((part) => part !== "")), spoken };
}
