// Model points and curves of one's own, from pasted text or a file. Nothing of it leaves the browser.

import { readNumber } from "./numbers.ts";
import type { Axis } from "./types.ts";
import { isUnitError, type Units } from "./units.ts";

export interface OwnPoint {
  x: number;
  y: number;
  fraction: number;
  row: number;
}

export interface Own {
  points: OwnPoint[];
  /** What was understood, for people to check. */
  understood: string;
  /** Lines that could not be read: number and reason. */
  skipped: [number, string][];
}

export class PointsError extends Error {}

export const MOST = 20_000;

/** What is read of a line; a table of numbers has none that is longer. */
const LONGEST = 2000;

/**
 * Read columns of x, y and, if there is one, fraction.
 *
 * A first line of words names the columns as in "mass [TeV], cross_section [pb]"; without one the columns are
 * x, y (and fraction), in the units given. Columns are parted by commas, semicolons, tabs or blanks.
 */
export function readPoints(text: string, axes: [Axis, Axis], units: [string, string], table: Units): Own {
  const filled = filledLines(text, axes);
  const separator = separatorOf(filled.map(({ line }) => line));
  const first = filled[0].line;
  const named = cells(first, separator).some((cell) => Number.isNaN(readNumber(cell)) && /[A-Za-zα-ω]/.test(cell));
  const columns = named ? header(first, separator, axes) : plain(cells(first, separator).length, units);
  const factors = axes.map((axis, index) => factorOf(columns.units[index] ?? units[index], axis, table));
  const points: OwnPoint[] = [];
  const skipped: [number, string][] = [];
  for (const { line, row } of filled.slice(named ? 1 : 0)) {
    const found = cells(line, separator);
    const x = readNumber(found[columns.x] ?? "");
    const y = readNumber(found[columns.y] ?? "");
    const fraction = columns.fraction === null ? 1 : readNumber(found[columns.fraction] ?? "");
    if (Number.isNaN(x) || Number.isNaN(y)) skipped.push([row, "not two numbers"]);
    else if (!(fraction > 0 && fraction <= 1)) skipped.push([row, "the fraction must lie between 0 and 1"]);
    else points.push({ x: x * factors[0], y: y * factors[1], fraction, row: points.length + skipped.length + 1 });
    if (points.length > MOST) throw new PointsError(`At most ${MOST} points, please; the command line has no limit.`);
  }
  if (!points.length) throw new PointsError("No line holds two numbers.");
  const told = axes.map((axis, index) => `${axis.name} in ${columns.units[index] ?? units[index] ?? ""}`.trim());
  const understood = `${points.length} ${points.length === 1 ? "point" : "points"}: ${told.join(", ")}${columns.fraction === null ? "" : ", fraction"}`;
  return { points, understood, skipped };
}

interface Line {
  line: string;
  row: number;
}

/**
 * Lines that hold something, without comments, with their numbers. A comment before the numbers that gives
 * the unit of each column, as in "# mass [TeV] cross_section [pb]", is a first line of words.
 */
export function filledLines(text: string, axes: Axis[]): Line[] {
  if (/[\0-\x08\x0e-\x1f]/.test(text)) throw new PointsError("That is not text: numbers are read from CSV and the like.");
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/).map((line, index) => ({ line: line.length > LONGEST ? "…" : line.trim(), row: index + 1 }));
  const filled = lines.map(({ line, row }) => ({ line: line.replace(/#.*$/, "").trim(), row })).filter(({ line }) => line !== "");
  if (!filled.length) throw new PointsError("There is nothing to read yet.");
  if (!/^[-+−.\d]/.test(filled[0].line)) return filled;
  const before = lines.filter(({ line, row }) => row < filled[0].row && namesUnits(line, axes)).at(-1);
  return before ? [{ line: before.line.replace(/^#\s*/, ""), row: before.row }, ...filled] : filled;
}

function namesUnits(line: string, axes: Axis[]): boolean {
  const units = line.match(/\[[^\]]*\]/g)?.length ?? 0;
  return units >= axes.length && (axes.length > 1 || axes.some((axis) => [axis.name, axis.quantity].some((name) => line.includes(name))));
}

/** The number by which values in a unit are multiplied to be in that of an axis. */
export function factorOf(unit: string, axis: Axis, table: Units): number {
  try {
    return table.factor_to(unit, axis.unit);
  } catch (error) {
    if (isUnitError(error)) throw new PointsError(`${axis.plain}: ${error.message}.`);
    throw error;
  }
}

interface Columns {
  x: number;
  y: number;
  fraction: number | null;
  units: [string | null, string | null];
}

function separatorOf(lines: string[]): RegExp {
  const sample = lines.slice(0, 5);
  for (const [mark, pattern] of [["\t", /\t+/], [";", /\s*;\s*/]] as const) {
    if (sample.every((line) => line.includes(mark))) return pattern;
  }
  // "1,5 2,5" has commas in its numbers, "1.5, 2.5" between them.
  const decimal = sample.every((line) => /^[-+\d.eE]*\d,\d[\deE+-]*\s+\S+/.test(line));
  if (!decimal && sample.every((line) => line.includes(","))) return /\s*,\s*/;
  return /\s+(?![^[]*\]|\[)/;
}

function cells(line: string, separator: RegExp): string[] {
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")).filter((cell, i, all) => cell !== "" || i < all.length - 1);
}

function plain(count: number, units: [string, string]): Columns {
  if (count < 2) throw new PointsError("Two columns are needed.");
  return { x: 0, y: 1, fraction: count > 2 ? 2 : null, units: [units[0], units[1]] };
}

function header(line: string, separator: RegExp, axes: [Axis, Axis]): Columns {
  const found: Columns = { x: -1, y: -1, fraction: null, units: [null, null] };
  const unnamed: number[] = [];
  cells(line, separator).forEach((cell, index) => {
    const { name, unit } = title(cell);
    const axis = axes.findIndex((one) => [one.name, one.quantity, one.symbol, one.plain].some((text) => text.toLowerCase() === name));
    if (["fraction", "f"].includes(name)) found.fraction = index;
    else if (axis === 0 || (axis < 0 && found.x < 0 && ["x", "m", "mass", "mdm", "mchi", "m_dm", "m_chi", "mwimp"].includes(name))) {
      found.x = index;
      found.units[0] = unit;
    } else if (axis === 1 || (axis < 0 && ["y", "sigma", "sigmav", "xsec", "limit", "sigma_si", "sigma_sd"].includes(name))) {
      found.y = index;
      found.units[1] = unit;
    } else unnamed.push(index);
  });
  if (found.x < 0 || found.y < 0) {
    const told = cells(line, separator).map(title);
    const plainly = found.x < 0 && found.y < 0 && told.length - (found.fraction === null ? 0 : 1) === 2;
    if (plainly) return inOrder(found, told.map((one) => one.unit));
    const wanted = axes.map((axis) => `${axis.name} [${axis.unit}]`).join(", ");
    throw new PointsError(`The first line does not name both columns. Write: ${wanted}`);
  }
  return found;
}

/** Two columns with names of their own are x and y. */
function inOrder(found: Columns, units: (string | null)[]): Columns {
  const [x, y] = [0, 1, 2].filter((index) => index !== found.fraction);
  return { ...found, x, y, units: [units[x], units[y]] };
}

/** Name and unit of a column: "mass [GeV]", "mass (GeV)", "mass / GeV", "mass". */
export function title(cell: string): { name: string; unit: string | null } {
  const match = /^([^[\](]+?)\s*[[(]([^\])]*)[\])].*$/.exec(cell) ?? /^([^/]*[^/\s])\s*\/\s*(\S.*)$/.exec(cell);
  return { name: (match?.[1] ?? cell).trim().toLowerCase(), unit: match?.[2].trim() ?? null };
}
