// What a figure is told to show, what it tells back, and what the panels may ask of it.

import type { Points } from "./decode.ts";
import type { Curve } from "./shapes.ts";
import type { Range } from "./types.ts";

export interface Mark {
  x: number;
  y: number;
  status: string;
  title: string;
}

export interface Look {
  visible: Curve[];
  bands: boolean;
  guides: boolean;
  /** Benchmark that is chosen: reference curves of others are not drawn. */
  model: string | null;
  envelope: Points[];
  at: number | null;
  pinned: string[];
  marks: Mark[];
  own: Points[];
}

export interface Hit {
  id: string;
  /** Place on the curve in the canonical units of the axes. */
  x: number;
  y: number;
  /** The same in pixels of the figure. */
  px: number;
  py: number;
}

/** The figure of a plane, with two axes or with one. */
export interface Figure {
  readonly node: SVGSVGElement;
  /** What lies behind the figure. */
  readonly behind?: HTMLElement;
  width: number;
  height: number;
  onView: (x: Range, y: Range, done: boolean) => void;
  onHit: (hit: Hit | null, how: "pointer" | "keyboard") => void;
  show(look: Look): void;
  resize(width: number): void;
  view(x: Range, y: Range): void;
  scaleBy(factor: number): void;
  focusCurve(id: string | null): void;
  /** Hand over the figure with every curve as a shape. */
  shapes<T>(act: (node: SVGSVGElement) => T): T;
}
