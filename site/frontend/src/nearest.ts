// Which curve is near a place, and where a curve is at a horizontal position; everything in pixels.

import type { Projected } from "./shapes.ts";

export interface Place {
  one: Projected;
  px: number;
  py: number;
}

/** The nearest point of all curves within `reach`, null when there is none. */
export function nearest(projected: Projected[], x: number, y: number, reach: number): Place | null {
  let least = reach * reach;
  let found: Place | null = null;
  for (const one of projected) {
    one.xs.forEach((xs, k) => {
      const ys = one.ys[k];
      for (let i = 1; i < xs.length; i++) {
        const ax = xs[i - 1];
        const bx = xs[i];
        if ((ax < x - reach && bx < x - reach) || (ax > x + reach && bx > x + reach)) continue;
        const dx = bx - ax;
        const dy = ys[i] - ys[i - 1];
        const length = dx * dx + dy * dy;
        const share = length ? Math.min(Math.max(((x - ax) * dx + (y - ys[i - 1]) * dy) / length, 0), 1) : 0;
        const px = ax + share * dx;
        const py = ys[i - 1] + share * dy;
        const distance = (px - x) ** 2 + (py - y) ** 2;
        if (distance < least) {
          least = distance;
          found = { one, px, py };
        }
      }
    });
  }
  return found;
}

/** Where a curve is at a horizontal position, its first stretch first; null where it is not drawn. */
export function heightAt(one: Projected, x: number): number | null {
  for (let k = 0; k < one.xs.length; k++) {
    const xs = one.xs[k];
    for (let i = 1; i < xs.length; i++) {
      if ((xs[i - 1] <= x && xs[i] >= x) || (xs[i - 1] >= x && xs[i] <= x)) {
        const share = xs[i] === xs[i - 1] ? 0 : (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
        return one.ys[k][i - 1] + share * (one.ys[k][i] - one.ys[k][i - 1]);
      }
    }
  }
  return null;
}
