// Units as people write them. The table comes from the build, so that it is the one of `fairport`.

import type { UnitTable } from "./types.ts";

export interface Unit {
  mantissa: number;
  exponent: number;
  powers: Record<string, number>;
}

export class UnitError extends Error {
  override name = "UnitError";
}

/** Whether something is a UnitError, of this bundle or of another. */
export const isUnitError = (error: unknown): error is UnitError => error instanceof Error && error.name === "UnitError";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const BETWEEN = /^[\s·⋅×*.]*/;
const SYMBOL = /^(?:10(?=\*\*|\^|[-+]\d)|1e[-+]?\d+|[A-Za-zµμÅ%_]+|1(?![\d.]))/;
const POWER = /^(?:\s*(?:\*\*|\^)\s*(?:\(([-+]?\d{1,3})\)|([-+]?\d{1,3}))|([-+]?\d{1,3}))/;

/** Reads units against a table of symbols. */
export class Units {
  private readonly table: UnitTable;

  constructor(table: UnitTable) {
    this.table = table;
  }

  /** The unit of a text; the empty text is a pure number. Throws UnitError with the reason. */
  parse(text: string): Unit {
    const unit: Unit = { mantissa: 1, exponent: 0, powers: {} };
    let rest = clean(text);
    const wrong = (): never => {
      throw new UnitError(`“${text.slice(0, 40)}” is not a unit`);
    };
    const take = (pattern: RegExp): RegExpExecArray | null => {
      const match = pattern.exec(rest);
      if (match) rest = rest.slice(match[0].length);
      return match;
    };
    let divided = false;
    let group = false;
    let below = 0;
    for (let first = true; rest !== ""; first = false) {
      const blank = take(BETWEEN)?.[0] ?? "";
      const slash = take(/^\/\s*/);
      if (slash) {
        if (divided) throw new UnitError("a unit has one slash at most");
        divided = true;
        group = take(/^\(\s*/) !== null;
      } else if (first ? blank !== "" : blank === "") wrong();
      const symbol = take(SYMBOL)?.[0] ?? wrong();
      if (divided && !group && ++below > 1) {
        throw new UnitError("it is not clear how far the slash reaches: write negative powers, as in cm3 s-1");
      }
      const power = take(POWER);
      multiply(unit, this.factor(symbol), Number(power?.slice(1).find(Boolean) ?? 1) * (divided ? -1 : 1), symbol);
      if (group && take(/^\s*\)/)) {
        group = false;
        below = 1;
      }
    }
    if (group) wrong();
    for (const name of Object.keys(unit.powers)) if (!unit.powers[name]) delete unit.powers[name];
    return unit;
  }

  /** The number by which values in `source` are multiplied to be in `target`. */
  factor_to(source: string, target: string): number {
    const one = this.parse(source);
    const other = this.parse(target);
    const names = new Set([...Object.keys(one.powers), ...Object.keys(other.powers)]);
    for (const name of names) {
      if ((one.powers[name] ?? 0) !== (other.powers[name] ?? 0)) {
        throw new UnitError(`“${source || "no unit"}” does not measure what “${target || "no unit"}” does`);
      }
    }
    const ratio = one.mantissa / other.mantissa;
    const power = Number(`1e${one.exponent - other.exponent}`);
    return Math.abs(ratio - 1) < 1e-15 ? power : ratio * power;
  }

  private factor(symbol: string): Unit {
    if (symbol === "1" || symbol === "10") return { mantissa: 1, exponent: symbol === "10" ? 1 : 0, powers: {} };
    if (/^1e/.test(symbol)) return { mantissa: 1, exponent: Number(symbol.slice(2)), powers: {} };
    const { atoms, prefixes, aliases } = this.table;
    const own = (table: object, name: string) => Object.prototype.hasOwnProperty.call(table, name);
    if (own(atoms, symbol)) return atom(atoms[symbol], 0);
    const base = symbol.slice(1);
    if (own(prefixes, symbol[0]) && own(atoms, base) && atoms[base][3]) return atom(atoms[base], prefixes[symbol[0]]);
    if (own(aliases, symbol)) {
      const [unit, exponent] = aliases[symbol];
      const meant = this.parse(unit);
      return { ...meant, powers: { ...meant.powers }, exponent: meant.exponent + exponent };
    }
    throw new UnitError(`“${symbol}” is not a unit that is known here`);
  }
}

function atom(entry: [number, number, Record<string, number>, boolean], prefix: number): Unit {
  return { mantissa: entry[0], exponent: entry[1] + prefix, powers: entry[2] };
}

function multiply(unit: Unit, by: Unit, power: number, symbol: string): void {
  if (/^1e/.test(symbol) && Math.abs(power) !== 1) throw new UnitError("a power of ten is written 1e-36 or 10^-36");
  unit.mantissa *= by.mantissa ** power;
  unit.exponent += by.exponent * power;
  for (const [name, count] of Object.entries(by.powers)) {
    unit.powers[name] = (unit.powers[name] ?? 0) + count * power;
  }
}

/** Take away typesetting, and the speed of light behind electronvolts (natural units). */
function clean(text: string): string {
  let plain = text.replace(/\\(?:mathrm|rm|text|,|;|\s)|[${}]/g, "").replace(/−/g, "-").trim();
  plain = plain.replace(/[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (run) =>
    [...run].map((c) => (c === "⁻" ? "-" : c === "⁺" ? "+" : String(SUPERSCRIPTS.indexOf(c)))).join(""),
  );
  plain = plain.replace(/(eV)\s*(?:\/\s*c|\s+c)(?:(?:\*\*|\^)?\s*-?2)?(?![A-Za-z])/g, "$1");
  if (/^[[(].*[\])]$/.test(plain)) plain = plain.slice(1, -1).trim();
  return ["-", "–", "none", "dimensionless", "unitless"].includes(plain.toLowerCase()) ? "" : plain;
}
