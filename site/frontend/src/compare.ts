// Results side by side at one x: the same numbers and the same sentence as `fairport compare`.

import type { Reader } from "./curves.ts";
import { general } from "./numbers.ts";

export const COLUMNS = ["observed", "unconstrained", "median"] as const;
export type ColumnName = (typeof COLUMNS)[number];
type Values = Record<ColumnName, number | null>;

export interface Row {
  id: string;
  label: string;
  values: Values;
  factors: Values;
  cl: number | null;
  origin: string;
  constraint: string;
  note: string;
  crossings: number[];
}

export interface Comparison {
  rows: Row[];
  reading: string;
  withheld: string[];
}

const CLOSE = 1.05;

export function compare(
  ids: string[],
  readers: Map<string, Reader>,
  x: number,
  orientation: string,
  unit: string,
): Comparison {
  const all = ids.flatMap((id) => {
    const reader = readers.get(id);
    return reader ? [{ id, reader }] : [];
  });
  const values = all.map(({ reader }) => valuesAt(reader, x));
  const factors = factorsOf(values, orientation);
  const rows: Row[] = all.map(({ id, reader }, i) => ({
    id,
    label: reader.exact.label,
    values: values[i],
    factors: factors[i],
    cl: reader.exact.level,
    origin: reader.exact.origin,
    constraint: reader.exact.constraint,
    note: note(reader, values[i], x, unit),
    crossings: reader.crossings(x),
  }));
  const rank = (row: Row): number => row.factors.observed || row.factors.median || Infinity;
  const order = rows.map((_, i) => i).sort((a, b) => {
    const [p, q] = [rank(rows[a]), rank(rows[b])];
    return p === q ? a - b : p - q;
  });
  const withheld = reasons(all.map((one) => one.reader), rows, orientation);
  const sorted = order.map((i) => rows[i]);
  return { rows: sorted, reading: reading(sorted, withheld, orientation) + levels(rows), withheld };
}

function valuesAt(reader: Reader, x: number): Values {
  const { exact } = reader;
  if (exact.shape === "value") return { observed: exact.value ?? null, unconstrained: null, median: null };
  const value = number(reader.value(x));
  const bands = reader.companions(x);
  return {
    observed: exact.projected ? null : value,
    unconstrained: bands.unconstrained ?? null,
    median: bands.p50 ?? (exact.projected ? value : null),
  };
}

function factorsOf(values: Values[], orientation: string): Values[] {
  const found: Values[] = values.map(() => ({ observed: null, unconstrained: null, median: null }));
  if (orientation !== "above" && orientation !== "below") return found;
  for (const column of COLUMNS) {
    let best: number | null = null;
    for (const row of values) {
      const value = row[column];
      if (value !== null && (best === null || (orientation === "above" ? value < best : value > best))) best = value;
    }
    values.forEach((row, i) => {
      const value = row[column];
      if (value === null || best === null) return;
      const ratio = best ? value / best : NaN;
      found[i][column] = orientation === "below" ? 1 / ratio : ratio;
    });
  }
  return found;
}

function note(reader: Reader, values: Values, x: number, unit: string): string {
  if (reader.exact.shape === "value") return reader.exact.note ?? "";
  if (reader.crossings(x).length) return "a region, not an upper limit";
  if (COLUMNS.every((column) => values[column] === null)) {
    return `says nothing here: it reaches from ${general(reader.low)} to ${general(reader.high)} ${unit}`;
  }
  return values.observed === null ? "expected, nothing observed" : "";
}

function reasons(readers: Reader[], rows: Row[], orientation: string): string[] {
  if (orientation !== "above" && orientation !== "below") return ["in this plane there is no stronger and weaker"];
  const pairs = rows.map((row, i) => ({ row, reader: readers[i] })).filter(({ row }) => row.values.observed !== null);
  if (pairs.length < 2) return ["fewer than two observed limits say something here"];
  const found: string[] = [];
  for (const { row, reader } of pairs) {
    if (reader.exact.unstated.length) found.push(`${row.id} does not state ${reader.exact.unstated.join(", ")}`);
  }
  readers[0].exact.agree.forEach(([path], k) => {
    const stated = new Set(pairs.map(({ reader }) => reader.exact.agree[k][1]).filter((key) => key !== null));
    if (stated.size > 1) {
      const told = pairs.map(({ row, reader }) => `${row.id} ${reader.exact.agree[k][2]}`).join(", ");
      found.push(`${path} differs (${told})`);
    }
  });
  const lacking = pairs.filter(({ row }) => row.values.median === null).map(({ row }) => row.id);
  if (lacking.length) {
    found.push(`no median expected limit is given by ${lacking.join(", ")}`);
    return found;
  }
  const best = (column: ColumnName): string =>
    pairs.reduce((a, b) => ((b.row.factors[column] || Infinity) < (a.row.factors[column] || Infinity) ? b : a)).row.id;
  if (best("observed") !== best("median")) {
    const told = `${best("observed")} observed the lowest, ${best("median")} expected it`;
    found.push(`observed limits and medians disagree: ${told}`);
  }
  return found;
}

function reading(rows: Row[], withheld: string[], orientation: string): string {
  const tail = "Not a combination.";
  if (withheld.length) return `Nobody is said to lead: ${withheld.join("; ")}. ${tail}`;
  const [first, second] = rows.filter((row) => row.values.observed !== null);
  const factor = second.factors.observed || 1;
  const median = second.factors.median || 1;
  if (factor < CLOSE) return `${first.label} and ${second.label} observe equal limits within 5 %. ${tail}`;
  const side = orientation !== "below" ? "lower" : "higher";
  let text =
    `${first.label} leads: its observed limit is ${side} than that of ${second.label} by ${general(factor, 2)}` +
    `, its median by ${general(median, 2)}.`;
  if (factor > 1.5 * median) {
    text +=
      ` The observed factor ${general(factor, 2)} is partly a downward fluctuation` +
      ` (medians differ by ${general(median, 2)}).`;
  } else if (median > 1.5 * factor) {
    text += " The medians differ by more: the second was lucky or the first unlucky.";
  }
  if (!["none", "not-stated"].includes(first.constraint)) {
    text += ` The limit of ${first.label} is power-constrained (${first.constraint}).`;
  }
  return `${text} ${tail}`;
}

function levels(rows: Row[]): string {
  const found = [...new Set(rows.map((row) => row.cl).filter((cl): cl is number => cl !== null))].sort((a, b) => a - b);
  if (found.length < 2) return "";
  return ` The confidence levels differ (${found.map((cl) => `${general(100 * cl)} %`).join(" and ")}) and are not converted.`;
}

function number(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
