// The strongest of several limits at each place, as fairport.results.envelope finds it: straight lines on
// log-log scales, each member inside its own range only, a point where two of them cross.

import type { Reader } from "./curves.ts";
import type { Points } from "./decode.ts";
import type { CurveData, Range } from "./types.ts";

/** A straight stretch of a member between two places, in log10 of both axes. */
interface Line {
  u0: number;
  v0: number;
  u1: number;
  v1: number;
  owner: number;
}

/** The part of a line that is the strongest. */
interface Leg {
  from: number;
  to: number;
  line: Line;
}

export interface Envelope {
  members: string[];
  /** Where each member is the strongest, canonical unit. */
  strongest: Range[][];
  /** On log10 scales. */
  pieces: Points[];
  /** The value at a place, NaN where nothing is covered. */
  at(x: number): number;
}

export interface Choice {
  members: string[];
  /** Drawn curves that do not enter, with the reason. */
  out: [string, string][];
  /** Why there is no envelope of the members. */
  why: string;
  /** Assumptions in which the members differ. */
  differ: string[];
}

const HARD = /^model\.(channel|dm\.self_conjugate|mediator|couplings)/;

/** Which of the drawn curves enter an envelope at a confidence level, and whether they go together. */
export function choose(drawn: CurveData[], readers: Map<string, Reader>, cl: number): Choice {
  const found: Choice = { members: [], out: [], why: "", differ: [] };
  for (const { id } of drawn) {
    const exact = readers.get(id)?.exact;
    const why = !exact ? "it has no numbers" : (exact.joins.not ?? (exact.level !== cl ? "its confidence level is another" : exact.shape !== "function" ? "it is no function of the mass" : ""));
    if (why) found.out.push([id, why]);
    else found.members.push(id);
  }
  const exacts = found.members.map((id) => readers.get(id)!.exact);
  if (new Set(exacts.map((one) => one.joins.class)).size > 1) found.why = "their statistical methods differ in kind";
  else if (new Set(exacts.map((one) => one.joins.table)).size < exacts.length) found.why = "two of them are the same numbers";
  (exacts[0]?.agree ?? []).forEach(([path], k) => {
    if (path.startsWith("statistics.")) return;
    const stated = new Set(exacts.map((one) => one.agree[k][1]).filter((key) => key !== null && key !== "'any'"));
    if (stated.size < 2) return;
    if (HARD.test(path)) found.why ||= `they differ in ${path}: numbers of different models`;
    else found.differ.push(path);
  });
  return found;
}

/** The envelope of members, of the lowest values or, where limits exclude below, of the highest. */
export function envelope(members: string[], readers: Map<string, Reader>, upper: boolean): Envelope {
  const each = members.map((id, owner) => legs(linesOf(readers.get(id)!, owner, upper ? -1 : 1)));
  const all = fold(each);
  return {
    members,
    strongest: members.map((_, owner) => ranges(all, owner)),
    pieces: pieces(all, upper),
    at(x) {
      const u = Math.log10(x);
      const values = all.filter((leg) => leg.from <= u && u <= leg.to).map((leg) => height(leg.line, u));
      return values.length ? 10 ** ((upper ? -1 : 1) * Math.min(...values)) : NaN;
    },
  };
}

function linesOf(reader: Reader, owner: number, sign: number): Line[] {
  const found: Line[] = [];
  for (const [us, vs] of reader.logarithms()) {
    const low = reader.low > 0 ? Math.max(us[0], Math.log10(reader.low)) : us[0];
    const high = Math.min(us[us.length - 1], Math.log10(reader.high));
    for (let i = 1; i < us.length; i++) {
      const [u0, u1] = [Math.max(us[i - 1], low), Math.min(us[i], high)];
      if (!(u0 < u1)) continue;
      const at = (u: number): number => sign * (u === us[i - 1] ? vs[i - 1] : u === us[i] ? vs[i] : vs[i - 1] + ((vs[i] - vs[i - 1]) * (u - us[i - 1])) / (us[i] - us[i - 1]));
      found.push({ u0, v0: at(u0), u1, v1: at(u1), owner });
    }
  }
  return found;
}

/** Lines of one member as legs; where stretches overlap, the strongest. */
function legs(lines: Line[]): Leg[] {
  const ordered = lines.every((line, i) => i === 0 || line.u0 >= lines[i - 1].u1);
  const all = lines.map((line) => ({ from: line.u0, to: line.u1, line }));
  return ordered ? all : fold(all.map((leg) => [leg]));
}

function fold(parts: Leg[][]): Leg[] {
  let left = parts;
  while (left.length > 1) {
    const next: Leg[][] = [];
    for (let i = 0; i < left.length; i += 2) next.push(i + 1 < left.length ? merge(left[i], left[i + 1]) : left[i]);
    left = next;
  }
  return left[0] ?? [];
}

function merge(a: Leg[], b: Leg[]): Leg[] {
  const cuts = [...new Set([...a, ...b].flatMap((leg) => [leg.from, leg.to]))].sort((x, y) => x - y);
  const found: Leg[] = [];
  const put = (from: number, to: number, line: Line): void => {
    const last = found[found.length - 1];
    if (last && last.line === line && last.to === from) last.to = to;
    else found.push({ from, to, line });
  };
  let i = 0;
  let j = 0;
  for (let k = 1; k < cuts.length; k++) {
    const [from, to] = [cuts[k - 1], cuts[k]];
    while (i < a.length && a[i].to <= from) i++;
    while (j < b.length && b[j].to <= from) j++;
    const one = i < a.length && a[i].from <= from ? a[i].line : null;
    const other = j < b.length && b[j].from <= from ? b[j].line : null;
    if (one && other) stronger(one, other, from, to, put);
    else if (one || other) put(from, to, (one ?? other)!);
  }
  return found;
}

function stronger(one: Line, other: Line, from: number, to: number, put: (from: number, to: number, line: Line) => void): void {
  const start = height(one, from) - height(other, from);
  const end = height(one, to) - height(other, to);
  if (start * end >= 0) {
    put(from, to, start + end <= 0 ? one : other);
    return;
  }
  const meet = from + ((to - from) * start) / (start - end);
  put(from, meet, start < 0 ? one : other);
  put(meet, to, start < 0 ? other : one);
}

function height(line: Line, u: number): number {
  if (u === line.u0) return line.v0;
  return u === line.u1 ? line.v1 : line.v0 + ((line.v1 - line.v0) * (u - line.u0)) / (line.u1 - line.u0);
}

function ranges(all: Leg[], owner: number): Range[] {
  const found: Range[] = [];
  for (const leg of all) {
    if (leg.line.owner !== owner) continue;
    const last = found[found.length - 1];
    if (last && last[1] === leg.from) last[1] = leg.to;
    else found.push([leg.from, leg.to]);
  }
  return found.map(([from, to]) => [10 ** from, 10 ** to]);
}

function pieces(all: Leg[], upper: boolean): Points[] {
  const sign = upper ? -1 : 1;
  const found: { u: number[]; v: number[] }[] = [];
  let end = NaN;
  for (const { from, to, line } of all) {
    if (from !== end) found.push({ u: [], v: [] });
    const last = found[found.length - 1];
    last.u.push(from, to);
    last.v.push(sign * height(line, from), sign * height(line, to));
    end = to;
  }
  return found.map(({ u, v }) => ({ u: Float64Array.from(u), v: Float64Array.from(v) }));
}
