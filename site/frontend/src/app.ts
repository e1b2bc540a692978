// What the panels of a plane page may ask of the page; `explore.ts` is the page itself.

import type { Comparison } from "./compare.ts";
import type { Reader } from "./curves.ts";
import type { Choice, Envelope } from "./envelope.ts";
import type { ModelPoint, Verdict } from "./judge.ts";
import type { Figure } from "./look.ts";
import type { Curve } from "./shapes.ts";
import type { State } from "./state.ts";
import type { CurveData, Exact, ExactData, Model, PlaneData, SiteData } from "./types.ts";
import type { Units } from "./units.ts";

/** Points and curve of one's own, with what became of them. */
export interface OwnThings {
  points: ModelPoint[];
  curve: ModelPoint[];
  verdicts: Verdict[] | null;
  notes: string[];
  conjugate?: boolean | null;
}

export interface App {
  readonly data: PlaneData;
  readonly curves: Map<string, Curve>;
  readonly site: string;
  readonly catalogue: SiteData;
  readonly units: Units;
  readonly plot: Figure;
  readonly state: State;
  readonly own: OwnThings;
  visible(): Curve[];
  draws(curve: CurveData): boolean;
  model(): Model | null;
  setModel(id: string | null): void;
  levels(): number[];
  change(edit: (state: State) => void): void;
  numbers(): Promise<{ readers: Map<string, Reader>; exact: ExactData }>;
  /** What a result sees of a point of one's own, and its numbers; null before they are loaded. */
  seen(point: ModelPoint, id: string): { value: number; exact: Exact } | null;
  compareAt(x: number): Promise<Comparison>;
  envelopeOf(level: number): { choice: Choice; made: Envelope | null };
  examplesOnly(): boolean;
  setOwn(things: Partial<OwnThings>): void;
  link(): string;
  resetView(): void;
  citation(lines: string[]): string[];
  clashes(shown: Curve[]): string[];
}
