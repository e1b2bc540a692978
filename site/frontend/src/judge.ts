// Verdicts on model points: the same semantics and numbers as `fairport exclude` (fairport.results.exclude).

import { contains, type Reader } from "./curves.ts";
import { general } from "./numbers.ts";

export interface ModelPoint {
  x: number;
  y: number;
  fraction: number;
  row: number;
}

export type Status = "excluded" | "allowed" | "not covered" | "unknown";

export interface Verdict {
  status: Status;
  by: string | null;
  margin: number | null;
  reason: string;
  others: string[];
}

interface Finding {
  status: Status;
  result: string;
  margin: number | null;
  reason: string;
}

/** Drawings are good to 0.06 % along each axis; within this of the limit they decide nothing. */
const DRAWN = 0.004;

export interface Jury {
  /** Judge one point; `conjugate` is the nature of the particle, null takes each result as it is. */
  judge(point: ModelPoint, conjugate: boolean | null): Verdict;
  /** Sentences on results that were not used. */
  notes: string[];
}

export function jury(
  ids: string[],
  readers: Map<string, Reader>,
  quantity: string,
  drawn: Set<string> = new Set(),
): Jury {
  const known = ids.filter((id) => readers.has(id));
  const ceilings = new Map<string, string>();
  for (const id of known) ceilings.set(id, id);
  for (const id of known) ceilings.set(id.slice(id.lastIndexOf("/") + 1), id);
  const bare = (name: string): string => {
    const plain = name.split("@")[0];
    return ceilings.has(plain) ? plain : plain.slice(plain.lastIndexOf("/") + 1);
  };
  const edges = new Set<string>();
  for (const id of known) {
    const name = readers.get(id)?.exact.ceiling;
    const edge = name ? ceilings.get(bare(name)) : undefined;
    if (edge) edges.add(edge);
  }
  const used: string[] = [];
  const notes: string[] = [];
  for (const id of known) {
    const why = edges.has(id) ? "it is the ceiling of another result" : readers.get(id)!.exact.unusable;
    if (why) notes.push(`${id} is not used: ${why}`);
    else used.push(id);
  }

  const finding = (point: ModelPoint, id: string, conjugate: boolean | null): Finding => {
    const reader = readers.get(id)!;
    const { exact } = reader;
    const value = effective(point, reader, quantity, conjugate);
    let found = against(point, value, id, reader);
    if (drawn.has(id) && found.margin !== null && Math.abs(Math.log10(found.margin)) < DRAWN) {
      const why = `too close to the curve of ${id}, whose numbers are not open and are read off the drawing`;
      return { status: "unknown", result: id, margin: found.margin, reason: why };
    }
    if (found.status === "excluded" && exact.ceiling) found = underCeiling(found, point, exact.ceiling);
    if (found.status === "excluded" && exact.unstated.length) {
      const why = `${id} would exclude it, but does not state ${exact.unstated.join(", ")}`;
      return { status: "unknown", result: id, margin: found.margin, reason: why };
    }
    return found;
  };

  const underCeiling = (found: Finding, point: ModelPoint, name: string): Finding => {
    const edge = readers.get(ceilings.get(bare(name)) ?? "");
    const unknown = (reason: string): Finding => ({ ...found, status: "unknown", reason });
    if (!edge) return unknown(`${found.result} holds below its ceiling ${name} only, which is not among the results`);
    const top = edge.value(point.x);
    if (Number.isNaN(top)) {
      return unknown(`the ceiling ${name} of ${found.result} says nothing at ${general(point.x)}`);
    }
    if (point.y <= top) return found;
    const reason = `above the ceiling of ${found.result} (overburden)`;
    return { status: "allowed", result: found.result, margin: null, reason };
  };

  const judge = (point: ModelPoint, conjugate: boolean | null): Verdict => {
    if (!Number.isFinite(point.x) || !Number.isFinite(point.y)) {
      return { status: "unknown", by: null, margin: null, reason: "a coordinate of the point is missing", others: [] };
    }
    if (!(point.fraction > 0 && point.fraction <= 1)) {
      const reason = `a fraction of ${general(point.fraction)} is not possible`;
      return { status: "unknown", by: null, margin: null, reason, others: [] };
    }
    const found = used.map((id) => finding(point, id, conjugate));
    const verdict = (one: Finding, others: string[] = []): Verdict => ({
      status: one.status,
      by: one.result,
      margin: one.margin,
      reason: one.reason,
      others,
    });
    const excluded = found.filter((one) => one.status === "excluded");
    if (excluded.length) {
      excluded.sort((a, b) => order(b.margin || Infinity, a.margin || Infinity));
      return verdict(excluded[0], excluded.slice(1).map((one) => one.result));
    }
    const unknown = found.find((one) => one.status === "unknown");
    if (unknown) return verdict(unknown);
    const allowed = found.filter((one) => one.status === "allowed");
    if (allowed.length) {
      allowed.sort((a, b) => order(b.margin || 0, a.margin || 0));
      return verdict(allowed[0]);
    }
    return { status: "not covered", by: null, margin: null, reason: "no result says anything there", others: [] };
  };
  return { judge, notes };
}

/** Judge many points a few milliseconds at a time; null once `stale` says that nobody waits any more. */
export async function judgeAll(made: Jury, points: ModelPoint[], conjugate: boolean | null, stale: () => boolean): Promise<Verdict[] | null> {
  const found: Verdict[] = [];
  let since = performance.now();
  for (const point of points) {
    found.push(made.judge(point, conjugate));
    if (performance.now() - since < 16) continue;
    await new Promise((resume) => setTimeout(resume));
    if (stale()) return null;
    since = performance.now();
  }
  return found;
}

/** The value that a result sees of a point, given fraction and nature of the particle. */
export function effective(point: ModelPoint, reader: Reader, quantity: string, conjugate: boolean | null): number {
  const { fraction, power, conjugate: own } = reader.exact;
  let value = point.y * (point.fraction / fraction) ** power;
  if (quantity === "annihilation_cross_section" && conjugate !== null && own !== null) {
    if (own && !conjugate) value /= 2;
    else if (!own && conjugate) value *= 2;
  }
  return value;
}

function against(point: ModelPoint, value: number, id: string, reader: Reader): Finding {
  const { shape, side, level, one, pieces, scales } = reader.exact;
  const at = level !== null ? `at ${general(100 * level)} % CL` : "at a level that is not stated";
  const nothing: Finding = { status: "not covered", result: id, margin: null, reason: "" };
  if (shape === "region" && pieces && scales) {
    const inside = contains(pieces, point.x, value, scales);
    if (inside === (side === "inside")) {
      return { status: "excluded", result: id, margin: null, reason: `${side} the region, ${at}` };
    }
    const covered = point.x >= reader.low && point.x <= reader.high;
    return covered ? { status: "allowed", result: id, margin: null, reason: `not ${side} the region, ${at}` } : nothing;
  }
  if (shape === "value" && reader.exact.value !== undefined && one && side === null) {
    const margin = value / reader.exact.value;
    return { status: margin > 1 ? "excluded" : "allowed", result: id, margin, reason: at };
  }
  const limit = reader.value(point.x);
  if (!(limit > 0)) return nothing;
  if (side !== "above" && side !== "below") {
    return { status: "unknown", result: id, margin: null, reason: `${id} does not say which side it excludes` };
  }
  const margin = side === "below" ? limit / value : value / limit;
  return { status: margin > 1 ? "excluded" : "allowed", result: id, margin, reason: at };
}

function order(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
