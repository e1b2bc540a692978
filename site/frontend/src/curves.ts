// Reading numbers off curves, exactly as fairport.physics.curves and fairport.physics.polygons do.

import type { Column, Exact, Piece, Polynomials, Scale, Side } from "./types.ts";

const to = (value: number, scale: Scale): number => (scale === "log" ? Math.log10(value) : value);
const from = (value: number, scale: Scale): number => (scale === "log" ? 10 ** value : value);

/** Points per decade of a curve that is not straight on log-log scales. */
const DENSE = 100;

interface Stretch {
  x: number[];
  y: number[];
  u: number[];
  v: number[];
  p: number[][] | null;
}

/** A function of x with gaps and steps. */
export class Curve {
  readonly low: number;
  readonly high: number;
  private readonly stretches: Stretch[] = [];
  private readonly scales: [Scale, Scale];
  private readonly side: Side | null;

  constructor(x: number[], column: Column, scales: [Scale, Scale], side: Side | null) {
    this.scales = scales;
    this.side = side;
    let begin = 0;
    const known: number[] = [];
    const flush = (end: number): void => {
      if (end > begin) this.push(x.slice(begin, end), column.y.slice(begin, end) as number[], column.p);
      begin = end;
    };
    x.forEach((at, i) => {
      const value = column.y[i];
      if (value === null || value === undefined) {
        flush(i);
        begin = i + 1;
        return;
      }
      known.push(at);
      if (i > begin && to(x[i - 1], scales[0]) === to(at, scales[0])) flush(i);
    });
    flush(x.length);
    this.low = known[0] ?? NaN;
    this.high = known[known.length - 1] ?? NaN;
  }

  /** The value at x, NaN outside and in gaps. At a vertical step the weaker limit counts. */
  at(x: number): number {
    let found = NaN;
    for (const one of this.stretches) {
      if (x < one.x[0] || x > one.x[one.x.length - 1]) continue;
      const value = this.within(one, x);
      if (Number.isNaN(found)) found = value;
      else found = this.side === "below" ? Math.min(found, value) : Math.max(found, value);
    }
    return found;
  }

  /** Its unbroken stretches in log10 of both axes, as straight lines; dense where it is not straight there. */
  logarithms(): [number[], number[]][] {
    const straight = this.scales.every((scale) => scale === "log");
    return this.stretches
      .filter((one) => one.x.length > 1)
      .map((one) => {
        const us = one.x.map(Math.log10);
        if (straight && !one.p) return [us, one.y.map(Math.log10)];
        const [low, high] = [us[0], us[us.length - 1]];
        const count = Math.max(Math.floor((high - low) * DENSE), 2);
        const even = Array.from({ length: count }, (_, i) => (i === count - 1 ? high : low + (i * (high - low)) / (count - 1)));
        const dense = [...new Set([...us, ...even])].sort((a, b) => a - b);
        const inside = (x: number): number => Math.min(Math.max(x, one.x[0]), one.x[one.x.length - 1]);
        return [dense, dense.map((u) => Math.log10(this.within(one, inside(10 ** u))))];
      });
  }

  private push(x: number[], y: number[], p: Polynomials | undefined): void {
    const u = x.map((value) => to(value, this.scales[0]));
    const v = y.map((value) => to(value, this.scales[1]));
    this.stretches.push({ x, y, u, v, p: p?.[this.stretches.length] ?? null });
  }

  private within(one: Stretch, x: number): number {
    const { u, v, p } = one;
    const i = position(one.x, x);
    if (one.x[i] === x) return one.y[i];
    const at = to(x, this.scales[0]);
    const k = Math.max(i - 1, 0);
    if (p) return from(p[k].reduce((sum, c) => sum * (at - u[k]) + c, 0), this.scales[1]);
    const slope = (v[k + 1] - v[k]) / (u[k + 1] - u[k]);
    return from(slope * (at - u[k]) + v[k], this.scales[1]);
  }
}

/** The first index whose x is not below the query. */
function position(xs: number[], x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rising values of y at which joined points cross the vertical at x. */
export function crossings(pieces: Piece[], x: number, scales: [Scale, Scale]): number[] {
  const at = to(x, scales[0]);
  const found = new Set<number>();
  for (const [xs, ys] of pieces) {
    for (let i = 0; i < xs.length; i++) {
      const u = to(xs[i], scales[0]);
      const v = to(ys[i], scales[1]);
      if (u === at) found.add(v);
      if (i === 0) continue;
      const before = to(xs[i - 1], scales[0]);
      if ((before < at && u > at) || (before > at && u < at)) {
        const w = to(ys[i - 1], scales[1]);
        found.add(w + ((at - before) / (u - before)) * (v - w));
      }
    }
  }
  return [...found].sort((a, b) => a - b).map((value) => from(value, scales[1]));
}

/** Whether a point lies in a union of rings, their edges included. */
export function contains(rings: Piece[], x: number, y: number, scales: [Scale, Scale]): boolean {
  if ((scales[0] === "log" && !(x > 0)) || (scales[1] === "log" && !(y > 0))) return false;
  const px = to(x, scales[0]);
  const py = to(y, scales[1]);
  return rings.some(([xs, ys]) => {
    let inside = false;
    for (let i = 0; i + 1 < xs.length; i++) {
      const ax = to(xs[i], scales[0]);
      const ay = to(ys[i], scales[1]);
      const bx = to(xs[i + 1], scales[0]);
      const by = to(ys[i + 1], scales[1]);
      const cross = (bx - ax) * (py - ay) - (by - ay) * (px - ax);
      const within = px >= Math.min(ax, bx) && px <= Math.max(ax, bx) && py >= Math.min(ay, by) && py <= Math.max(ay, by);
      if (cross === 0 && within) return true;
      if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) inside = !inside;
    }
    return inside;
  });
}

/** A result with its curves made ready. */
export class Reader {
  readonly exact: Exact;
  readonly low: number;
  readonly high: number;
  private readonly curve: Curve | null;
  private readonly bands: [string, Curve][];

  constructor(exact: Exact) {
    this.exact = exact;
    this.low = exact.low ?? -Infinity;
    this.high = exact.high ?? Infinity;
    const { x, y, scales, side } = exact;
    const isFunction = exact.shape === "function" && x && y && scales;
    this.curve = isFunction ? new Curve(x, { y, p: exact.p }, scales, side) : null;
    this.bands = isFunction
      ? Object.entries(exact.bands ?? {}).map(([name, column]) => [name, new Curve(x, column, scales, side)])
      : [];
  }

  /** Value of a function inside its validity; NaN where it says nothing. */
  value(x: number): number {
    return this.curve && x >= this.low && x <= this.high ? this.curve.at(x) : NaN;
  }

  /** Companions of the value. */
  companions(x: number): Record<string, number> {
    if (!(x >= this.low && x <= this.high)) return {};
    const read = this.bands.map(([name, curve]) => [name, curve.at(x)] as const);
    return Object.fromEntries(read.filter(([, value]) => !Number.isNaN(value)));
  }

  /** Stretches of a function in log10 of both axes. */
  logarithms(): [number[], number[]][] {
    return this.curve?.logarithms() ?? [];
  }

  crossings(x: number): number[] {
    const { shape, pieces, scales } = this.exact;
    const edge = (shape === "region" || shape === "line") && pieces && scales;
    return edge && x >= this.low && x <= this.high ? crossings(pieces, x, scales) : [];
  }
}
