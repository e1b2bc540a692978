// Between values, the scales of the axes and the pixels of a figure that can be moved and zoomed.

import { zoomIdentity, type ZoomTransform } from "d3-zoom";
import type { Points } from "./decode.ts";
import { fromScale, toScale } from "./scale.ts";
import type { Frame } from "./shapes.ts";
import type { Axis, Range } from "./types.ts";

/** Pixels beyond which nothing is told apart: renderers choke on larger numbers. */
const FAR = 20_000;

export class Viewport {
  readonly axes: [Axis, Axis];
  frame: Frame = { left: 0, right: 0, top: 0, bottom: 0 };
  transform: ZoomTransform = zoomIdentity;
  /** Shown range on the scales of the axes when nothing is zoomed. */
  private base: [Range, Range];

  constructor(axes: [Axis, Axis], view: [Range, Range]) {
    this.axes = axes;
    this.base = [this.scaled(0, view[0]), this.scaled(1, view[1])];
  }

  /** Move to a view, in canonical units. */
  move(x: Range, y: Range): void {
    this.base = [this.scaled(0, x), this.scaled(1, y)];
    this.transform = zoomIdentity;
  }

  /** Shown range of an axis on its scale. */
  shown(index: 0 | 1): Range {
    const [low, high] = this.base[index];
    const { left, right, top, bottom } = this.frame;
    const width = right - left || 1;
    const height = bottom - top || 1;
    const { k, x, y } = this.transform;
    if (index === 0) {
      const at = (px: number): number => low + (((px - x) / k - left) / width) * (high - low);
      return [at(left), at(right)];
    }
    const at = (py: number): number => low + ((bottom - (py - y) / k) / height) * (high - low);
    return [at(bottom), at(top)];
  }

  /** Shown range of an axis in its canonical unit. */
  range(index: 0 | 1): Range {
    const [low, high] = this.shown(index);
    return [fromScale(this.axes[index], low), fromScale(this.axes[index], high)];
  }

  px(u: number): number {
    const [low, high] = this.shown(0);
    return this.frame.left + ((u - low) / (high - low)) * (this.frame.right - this.frame.left);
  }

  py(v: number): number {
    const [low, high] = this.shown(1);
    return this.frame.bottom - ((v - low) / (high - low)) * (this.frame.bottom - this.frame.top);
  }

  /** Values at a place of the figure, in canonical units. */
  values(px: number, py: number): [number, number] {
    const [x0, x1] = this.shown(0);
    const [y0, y1] = this.shown(1);
    const { left, right, top, bottom } = this.frame;
    const u = x0 + ((px - left) / (right - left)) * (x1 - x0);
    const v = y0 + ((bottom - py) / (bottom - top)) * (y1 - y0);
    return [fromScale(this.axes[0], u), fromScale(this.axes[1], v)];
  }

  project(points: Points): [Float64Array, Float64Array] {
    const [x0, x1] = this.shown(0);
    const [y0, y1] = this.shown(1);
    const { left, right, top, bottom } = this.frame;
    const sx = (right - left) / (x1 - x0);
    const sy = (bottom - top) / (y1 - y0);
    const xs = new Float64Array(points.u.length);
    const ys = new Float64Array(points.u.length);
    for (let i = 0; i < xs.length; i++) {
      xs[i] = left + (points.u[i] - x0) * sx;
      ys[i] = Math.min(Math.max(bottom - (points.v[i] - y0) * sy, -FAR), FAR);
    }
    return [xs, ys];
  }

  private scaled(index: 0 | 1, range: Range): Range {
    return [toScale(this.axes[index], range[0]), toScale(this.axes[index], range[1])];
  }
}
