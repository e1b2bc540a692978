// What the build hands over: src/fairport/catalog/planedata.py and exactdata.py write these.

export interface Axis {
  name: string;
  quantity: string;
  symbol: string;
  plain: string;
  unit: string;
  label: string;
  units: string[];
  log: boolean;
  /** Step of the drawing: decades on a log axis, else in the unit of the axis. */
  step: number;
}

export type Range = [number, number];
export type Side = "above" | "below" | "inside" | "outside" | "none";

export interface CurveData {
  id: string;
  title: string;
  label: string;
  family: string;
  kind: string;
  form: string;
  status: string;
  role: string;
  year: number | null;
  cl: number | null;
  shown: boolean;
  tip: string;
  url: string;
  licence: string;
  open: boolean;
  cite: [string, string | null][];
  unstated: string[];
  facts: number[];
  slot?: number | null;
  line?: string;
  width?: number;
  opacity?: number;
  marker?: string;
  fill?: boolean;
  closed?: boolean;
  side?: Side;
  d?: string[];
  f?: string[];
  b?: [number, string, string][];
  c?: Record<string, string[]>;
  /** Under a ceiling: limit and ceiling, between which lies what is excluded. */
  u?: [string, string][];
  /** Published numbers to compare with. */
  e?: [number, number][];
  point?: [number, number | null, number | null, number | null];
}

export interface Field {
  path: string;
  name: string;
  /** Whether the plane wants it to agree. */
  must: boolean;
  values: string[];
}

/** A benchmark in which results of other planes can be shown. */
export interface Model {
  id: string;
  title: string;
  file: string;
  count: number;
  /** Results of the plane that hold in this model; absent when all may be shown. */
  natives?: string[];
}

/** A result of another plane inside a benchmark. */
export interface TranslatedCurve extends CurveData {
  /** The plane it comes from. */
  from: string;
  /** Kind of the result that was translated. */
  base: string;
  notes: string[];
  /** Name and value of each field of the comparison that it states, by path. */
  says: Record<string, [string, string]>;
}

/** What a benchmark adds: src/fairport/catalog/translateddata.py writes it. */
export interface TranslatedData {
  id: string;
  curves: TranslatedCurve[];
  exact: ExactData;
}

export interface PlaneData {
  version: number;
  plane: { id: string; title: string; orientation: string; axes: [Axis, Axis]; rows?: boolean };
  view: [Range, Range];
  kinds: [string, string][];
  fields: Field[];
  curves: CurveData[];
  /** Reference curves: relic density, models. */
  guides?: { label: string; d: string[]; tip: string; closed?: boolean; model?: string }[];
  /** Further results of the plane, which cannot be drawn here. */
  more: number;
  models?: Model[];
}

export interface SiteData {
  title: string;
  harvested: string;
  url: string | null;
  units: UnitTable;
}

export type Scale = "log" | "lin";
export type Piece = [number[], number[]];
/** Coefficients of the intervals of each stretch, highest power first; null: straight lines. */
export type Polynomials = (number[][] | null)[];

export interface Column {
  y: (number | null)[];
  p?: Polynomials;
}

export interface Exact {
  shape: "function" | "region" | "line" | "value" | "drawn" | "none";
  side: Side | null;
  low: number | null;
  high: number | null;
  level: number | null;
  role: string;
  one: boolean;
  projected: boolean;
  unusable: string | null;
  unstated: string[];
  ceiling: string | null;
  power: number;
  fraction: number;
  conjugate: boolean | null;
  origin: string;
  constraint: string;
  label: string;
  /** Why it enters no envelope, or what decides what it goes together with. */
  joins: { not?: string; class?: string; table?: string };
  agree: [string, string | null, string][];
  bib: string[];
  scales?: [Scale, Scale];
  x?: number[];
  y?: (number | null)[];
  p?: Polynomials;
  bands?: Record<string, Column>;
  pieces?: Piece[];
  value?: number;
  minus?: number;
  plus?: number;
  note?: string;
}

export type ExactData = Record<string, Exact>;

export interface UnitTable {
  atoms: Record<string, [number, number, Record<string, number>, boolean]>;
  prefixes: Record<string, number>;
  aliases: Record<string, [string, number]>;
}
