// The state of a plane page and its form in the address, after the number sign: it is never sent anywhere.

import type { PlaneData, Range } from "./types.ts";

export interface State {
  x: Range;
  y: Range;
  kinds: Set<string>;
  /** Values that are switched off, by facet. */
  off: Record<Facet, Set<string>>;
  years: Range | null;
  /** Curves switched on or off by themselves. */
  own: Map<string, boolean>;
  /** Curves in the comparison of assumptions. */
  pinned: string[];
  /** Value of the first axis for the table, canonical unit. */
  at: number | null;
  bands: boolean;
  guides: boolean;
  envelope: number | null;
  /** Benchmark in which results of other planes are shown. */
  model: string | null;
  panel: string;
}

/** Kind of the curves that a benchmark brings from other planes. */
export const TRANSLATED = "translated";

export type Facet = "family" | "role" | "cl";
export const FACETS: Facet[] = ["family", "role", "cl"];

export function defaults(data: PlaneData): State {
  const shown = data.curves.filter((curve) => curve.shown);
  // A plane of examples only shows them; their labels say what they are.
  const first = shown.length ? shown : data.curves.filter((curve) => curve.kind === "example");
  return {
    x: [...data.view[0]],
    y: [...data.view[1]],
    kinds: new Set(first.map((curve) => curve.kind)),
    off: { family: new Set(), role: new Set(), cl: new Set() },
    years: null,
    own: new Map(),
    pinned: [],
    at: null,
    bands: false,
    guides: true,
    envelope: null,
    model: null,
    panel: "",
  };
}

export function clText(cl: number | null): string {
  return cl === null ? "?" : `${Number((100 * cl).toPrecision(6))}`;
}

/** Confidence levels at which limits of collaborations could have an envelope. */
export function levels(data: PlaneData): number[] {
  if (!["above", "below"].includes(data.plane.orientation)) return [];
  const able = data.curves.filter((curve) => curve.kind === "collaboration" && curve.form === "limit" && curve.role === "observed");
  const counts = new Map<number, number>();
  for (const { cl } of able) if (cl !== null) counts.set(cl, (counts.get(cl) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([level]) => level).sort((a, b) => a - b);
}

export function facetValue(curve: PlaneData["curves"][number], facet: Facet): string {
  if (facet === "cl") return clText(curve.cl);
  return facet === "role" ? curve.role || "none" : curve.family;
}

/** Whether a curve is drawn. */
export function visible(curve: PlaneData["curves"][number], state: State): boolean {
  const own = state.own.get(curve.id);
  if (own !== undefined) return own;
  if (!state.kinds.has(curve.kind)) return false;
  // What was made of a digitised curve is off as long as digitised ones are.
  if ("base" in curve && !curve.shown && !state.kinds.has(String(curve.base))) return false;
  if (FACETS.some((facet) => state.off[facet].has(facetValue(curve, facet)))) return false;
  return !state.years || (curve.year !== null && curve.year >= state.years[0] && curve.year <= state.years[1]);
}

const list = (values: Iterable<string>): string => [...values].map(encodeURIComponent).join(",");
const split = (text: string): string[] => text.split(",").filter(Boolean).map(decodeURIComponent);
const short = (value: number): string => String(Number(value.toPrecision(5)));

/** The state as the part of an address after "#"; what is as it was at first is left out. */
export function write(state: State, data: PlaneData): string {
  const base = defaults(data);
  const parts: string[] = [];
  const put = (key: string, value: string): void => void parts.push(`${key}=${value}`);
  const moved = (a: Range, b: Range): boolean => short(a[0]) !== short(b[0]) || short(a[1]) !== short(b[1]);
  if (moved(state.x, base.x)) put("x", state.x.map(short).join(","));
  if (moved(state.y, base.y)) put("y", state.y.map(short).join(","));
  if (state.model) base.kinds.add(TRANSLATED);
  if (list([...state.kinds].sort()) !== list([...base.kinds].sort())) put("kind", list([...state.kinds].sort()));
  for (const facet of FACETS) if (state.off[facet].size) put(`no-${facet}`, list([...state.off[facet]].sort()));
  if (state.years) put("years", state.years.join(","));
  const on = [...state.own].filter(([, shown]) => shown).map(([id]) => id);
  const off = [...state.own].filter(([, shown]) => !shown).map(([id]) => id);
  if (on.length) put("on", list(on.sort()));
  if (off.length) put("off", list(off.sort()));
  if (state.pinned.length) put("compare", list(state.pinned));
  if (state.at !== null) put("at", short(state.at));
  if (state.bands) put("bands", "1");
  if (!state.guides) put("guides", "0");
  if (state.envelope !== null) put("envelope", clText(state.envelope));
  if (state.model) put("model", encodeURIComponent(state.model));
  if (state.panel) put("panel", encodeURIComponent(state.panel));
  return parts.join("&");
}

/** The state of an address; what cannot be read is ignored. */
export function read(hash: string, data: PlaneData): State {
  const state = defaults(data);
  const known = new Set(data.curves.map((curve) => curve.id));
  for (const part of hash.replace(/^#/, "").split("&")) {
    const [key, ...rest] = part.split("=");
    try {
      readPart(state, data, known, key, rest.join("="));
    } catch {
      // a damaged part of an address costs that part only
    }
  }
  if (state.model && !/(^|[#&])kind=/.test(hash)) state.kinds.add(TRANSLATED);
  return state;
}

function readPart(state: State, data: PlaneData, known: Set<string>, key: string, value: string): void {
  const ids = (): string[] => split(value).filter((id) => known.has(id));
  if (key === "x" || key === "y") {
    const range = value.split(",").map(Number);
    const log = data.plane.axes[key === "x" ? 0 : 1].log;
    if (range.length === 2 && range.every(Number.isFinite) && range[0] < range[1] && (!log || range[0] > 0)) {
      state[key] = [range[0], range[1]];
    }
  } else if (key === "kind") {
    const kinds = new Set(data.kinds.map(([kind]) => kind));
    state.kinds = new Set(split(value).filter((kind) => kinds.has(kind)));
  } else if (key.startsWith("no-") && FACETS.includes(key.slice(3) as Facet)) {
    state.off[key.slice(3) as Facet] = new Set(split(value));
  } else if (key === "years") {
    const years = value.split(",").map(Number);
    if (years.length === 2 && years.every(Number.isInteger) && years[0] <= years[1]) state.years = [years[0], years[1]];
  } else if (key === "on") ids().forEach((id) => state.own.set(id, true));
  else if (key === "off") ids().forEach((id) => state.own.set(id, false));
  else if (key === "compare") state.pinned = [...new Set(ids())];
  else if (key === "at" && Number(value) > 0 && Number.isFinite(Number(value))) state.at = Number(value);
  else if (key === "bands") state.bands = value === "1";
  else if (key === "guides") state.guides = value !== "0";
  else if (key === "envelope") {
    state.envelope = levels(data).find((level) => clText(level) === value) ?? null;
  } else if (key === "model") {
    const wanted = decodeURIComponent(value);
    state.model = data.models?.find((model) => model.id === wanted)?.id ?? null;
  } else if (key === "panel") state.panel = decodeURIComponent(value);
}
