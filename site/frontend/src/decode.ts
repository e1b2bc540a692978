// Curves as the build writes them for drawing: see src/fairport/catalog/compact.py.

import type { Axis } from "./types.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUE = new Int8Array(128).fill(-1);
[...DIGITS].forEach((digit, index) => (VALUE[digit.charCodeAt(0)] = index));

/** Whole numbers from base-64 variable-length quantities. */
export function decodeIntegers(text: string): number[] {
  const found: number[] = [];
  let value = 0;
  let factor = 1;
  for (let i = 0; i < text.length; i++) {
    const bits = VALUE[text.charCodeAt(i)] ?? -1;
    if (bits < 0) throw new Error("a curve of this page is damaged");
    value += (bits & 31) * factor;
    factor *= 32;
    if (bits < 32) {
      found.push(value % 2 ? -(value - 1) / 2 : value / 2);
      value = 0;
      factor = 1;
    }
  }
  return found;
}

export interface Points {
  /** Positions on the scale of the axis: log10 of the value, or the value. */
  u: Float64Array;
  v: Float64Array;
}

/** An unbroken stretch of a curve on the scales of its plane. */
export function decodeCurve(text: string, axes: [Axis, Axis]): Points {
  const steps = decodeIntegers(text);
  const count = steps.length / 2;
  const u = new Float64Array(count);
  const v = new Float64Array(count);
  let a = 0;
  let b = 0;
  for (let i = 0; i < count; i++) {
    a += steps[2 * i];
    b += steps[2 * i + 1];
    u[i] = a * axes[0].step;
    v[i] = b * axes[1].step;
  }
  return { u, v };
}
