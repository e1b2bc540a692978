// Values of one's own in a plane with one axis: a number to a line, each with a unit if it needs one.

import { readNumber } from "./numbers.ts";
import { factorOf, filledLines, MOST, PointsError, title, type Own, type OwnPoint } from "./points.ts";
import type { Axis, Exact } from "./types.ts";
import type { Units } from "./units.ts";

const LINE = /^([-+−\d.,eEdD×x*·^() ⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]*[\d⁰¹²³⁴⁵⁶⁷⁸⁹)])(?:\s*[,;\t]\s*|\s+|(?=[A-Za-zµμ[]))?(.*)$/u;

/**
 * Read lines as "3e-28", "3e-28 cm3 s-1 GeV-1" or "3e-28; 0.1", where the second number is the fraction.
 *
 * A first line of words may name the column and its unit, as in "p_ann [m3 s-1 kg-1]".
 */
export function readValues(text: string, axis: Axis, given: string, table: Units): Own {
  const lines = filledLines(text, [axis]);
  const first = lines[0].line;
  const head = /^[A-Za-zα-ω]/u.test(first) ? title(first.split(/[;,\t]/)[0]) : null;
  const unit = head?.unit ?? given;
  const usual = factorOf(unit, axis, table);
  const points: OwnPoint[] = [];
  const skipped: [number, string][] = [];
  for (const { line, row } of lines.slice(head ? 1 : 0)) {
    const found = readLine(line);
    if (!found) skipped.push([row, "not a number"]);
    else if (!(found.fraction > 0 && found.fraction <= 1)) skipped.push([row, "the fraction must lie between 0 and 1"]);
    else {
      const factor = found.unit ? factorOf(found.unit, axis, table) : usual;
      points.push({ x: 0, y: found.value * factor, fraction: found.fraction, row: points.length + skipped.length + 1 });
    }
    if (points.length > MOST) throw new PointsError(`At most ${MOST} values, please; the command line has no limit.`);
  }
  if (!points.length) throw new PointsError(`No line holds a number. Write one to a line, as in: 3e-28 ${axis.unit}`);
  const understood = `${points.length} ${points.length === 1 ? "value" : "values"}: ${axis.name} in ${unit || "pure numbers"}${points.some((point) => point.fraction < 1) ? ", fraction" : ""}`;
  return { points, understood, skipped };
}

function readLine(line: string): { value: number; unit: string; fraction: number } | null {
  const whole = readNumber(line);
  if (!Number.isNaN(whole)) return { value: whole, unit: "", fraction: 1 };
  const cells = line.split(/[;\t]/.test(line) ? /\s*[;\t]\s*/ : /\s*,\s+|,(?=[\d.]+$)|\s+(?=[\d.]+$)/);
  if (cells.length === 2) {
    const [value, fraction] = cells.map(readNumber);
    if (!Number.isNaN(value) && !Number.isNaN(fraction)) return { value, unit: "", fraction };
  }
  const match = LINE.exec(line);
  const value = match ? readNumber(match[1]) : NaN;
  return Number.isNaN(value) ? null : { value, unit: match![2].trim(), fraction: 1 };
}

/** What one result says of a value: beyond or within its limit, above, within or below its interval. */
export function beside(value: number, label: string, exact: Exact): string {
  const level = exact.level === null ? "" : ` (${Number((100 * exact.level).toPrecision(6))} % CL)`;
  if (exact.value === undefined) return `${label} has no number that is open`;
  if (exact.unusable) return `${label} is not used: ${exact.unusable}`;
  if (exact.one) return `${value > exact.value ? "above" : "below"} the limit of ${label}${level}`;
  if (exact.minus === undefined && exact.plus === undefined) return `${value > exact.value ? "above" : "below"} the value of ${label}, whose uncertainty is not stated`;
  const place = value < exact.value - (exact.minus ?? 0) ? "below" : value > exact.value + (exact.plus ?? 0) ? "above" : "within";
  return `${place} the interval of ${label}${level}`;
}
