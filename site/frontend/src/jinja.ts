// Walks the expressions of copier.yml, which the build wrote as nested lists (fairport.catalog.browser.wizarddata).
// Nothing that is text is ever run.

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Node = [string, ...unknown[]];
export type Body = (string | Node)[];
export type Macros = Record<string, [string[], Body]>;
export type Coded = { value: Value } | { body: Body } | { unknown: string };

export class TemplateError extends Error {}

type Scope = Map<string, Value>;

/** What a coded value gives for these answers; a template gives text. */
export function render(coded: Coded, answers: Record<string, Value>, macros: Macros): Value {
  if ("value" in coded) return coded.value;
  if ("unknown" in coded) throw new TemplateError(coded.unknown);
  return new Walker(macros).body(coded.body, new Map(Object.entries(answers)));
}

export function truth(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value !== null && typeof value === "object") return Object.keys(value).length > 0;
  return Boolean(value);
}

/** As Python prints a value. */
export function text(value: Value): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null) return "None";
  if (typeof value === "object") throw new TemplateError("a list or mapping is printed");
  return String(value);
}

class Walker {
  private readonly macros: Macros;
  private steps = 0;

  constructor(macros: Macros) {
    this.macros = macros;
  }

  body(parts: Body, scope: Scope): string {
    return parts.map((part) => (typeof part === "string" ? part : this.statement(part, scope))).join("");
  }

  private statement(node: Node, scope: Scope): string {
    const [kind, ...rest] = node;
    if (kind === "out") return text(this.eval(rest[0] as Node, scope));
    if (kind === "if") {
      for (const [test, body] of rest[0] as [Node, Body][]) {
        if (truth(this.eval(test, scope))) return this.body(body, scope);
      }
      return this.body(rest[1] as Body, scope);
    }
    if (kind === "for") {
      const items = iterable(this.eval(rest[1] as Node, scope));
      return items.map((item) => this.body(rest[2] as Body, new Map(scope).set(rest[0] as string, item))).join("");
    }
    if (kind === "set" || kind === "block") {
      const value = kind === "set" ? this.eval(rest[1] as Node, scope) : this.body(rest[1] as Body, scope);
      const [name, attribute] = rest[0] as string[];
      if (attribute === undefined) scope.set(name, value);
      else (this.name(name, scope) as Record<string, Value>)[attribute] = value;
      return "";
    }
    throw new TemplateError(`the statement ${kind}`);
  }

  private name(name: string, scope: Scope): Value {
    const value = scope.get(name);
    if (value === undefined) throw new TemplateError(`“${name}” is not known`);
    return value;
  }

  private eval(node: Node, scope: Scope): Value {
    if (++this.steps > 200_000) throw new TemplateError("an expression takes too long");
    const [kind, ...rest] = node;
    const value = (i: number): Value => this.eval(rest[i] as Node, scope);
    switch (kind) {
      case "const":
        return rest[0] as Value;
      case "name":
        return this.name(rest[0] as string, scope);
      case "list":
        return rest.map((_, i) => value(i));
      case "dict":
        return Object.fromEntries((rest as [Node, Node][]).map(([k, v]) => [text(this.eval(k, scope)), this.eval(v, scope)]));
      case "not":
        return !truth(value(0));
      case "neg":
        return -Number(value(0));
      case "pos":
        return Number(value(0));
      case "and": {
        const first = value(0);
        return truth(first) ? value(1) : first;
      }
      case "or": {
        const first = value(0);
        return truth(first) ? first : value(1);
      }
      case "choose":
        return truth(value(0)) ? value(1) : value(2);
      case "concat":
        return rest.map((_, i) => text(value(i))).join("");
      case "compare":
        return this.compare(value(0), rest.slice(1) as [string, Node][], scope);
      case "item":
        return item(value(0), value(1));
      case "slice":
        return slice(value(0), rest[1] === null ? null : Number(value(1)), rest[2] === null ? null : Number(value(2)));
      case "filter":
        return filter(rest[0] as string, rest.slice(1).map((_, i) => value(i + 1)));
      case "method":
        return method(rest[0] as string, rest.slice(1).map((_, i) => value(i + 1)));
      case "call": {
        const [names, body] = this.macros[rest[0] as string] ?? [];
        if (!names) throw new TemplateError(`the macro ${rest[0]}`);
        const inner: Scope = new Map();
        names.forEach((name, i) => inner.set(name, i + 1 < rest.length ? value(i + 1) : ""));
        return this.body(body, inner);
      }
      default:
        return arithmetic(kind, value(0), value(1));
    }
  }

  private compare(first: Value, rest: [string, Node][], scope: Scope): boolean {
    let left = first;
    for (const [operator, node] of rest) {
      const right = this.eval(node, scope);
      if (!relation(operator, left, right)) return false;
      left = right;
    }
    return true;
  }
}

function iterable(value: Value): Value[] {
  if (typeof value === "string") return [...value];
  if (Array.isArray(value)) return value;
  if (value !== null && typeof value === "object") return Object.keys(value);
  throw new TemplateError("something is looped over that is no list");
}

function same(a: Value, b: Value): boolean {
  if (typeof a === "object" || typeof b === "object") return JSON.stringify(a) === JSON.stringify(b);
  return Number(a) === Number(b) && typeof a !== "string" && typeof b !== "string" ? true : a === b;
}

function relation(operator: string, a: Value, b: Value): boolean {
  const inside = (): boolean => {
    if (typeof b === "string") return b.includes(String(a));
    return iterable(b).some((one) => same(a, one));
  };
  const less = (x: Value, y: Value): boolean => (x as number) < (y as number);
  switch (operator) {
    case "eq":
      return same(a, b);
    case "ne":
      return !same(a, b);
    case "lt":
      return less(a, b);
    case "gt":
      return less(b, a);
    case "lteq":
      return !less(b, a);
    case "gteq":
      return !less(a, b);
    case "in":
      return inside();
    case "notin":
      return !inside();
    default:
      throw new TemplateError(`the comparison ${operator}`);
  }
}

function arithmetic(kind: string, a: Value, b: Value): Value {
  if (kind === "+" && typeof a === "string" && typeof b === "string") return a + b;
  if (kind === "+" && Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  const [x, y] = [Number(a), Number(b)];
  if (typeof a === "string" || typeof b === "string" || Number.isNaN(x) || Number.isNaN(y)) {
    throw new TemplateError(`“${kind}” between something that is no number`);
  }
  if (kind === "+") return x + y;
  if (kind === "-") return x - y;
  if (kind === "*") return x * y;
  if (kind === "/") return x / y;
  if (kind === "//") return Math.floor(x / y);
  if (kind === "%") return x - y * Math.floor(x / y);
  if (kind === "**") return x ** y;
  throw new TemplateError(`the expression ${kind}`);
}

function item(value: Value, key: Value): Value {
  if (typeof value === "string" || Array.isArray(value)) {
    const list = typeof value === "string" ? [...value] : value;
    const index = Number(key) < 0 ? list.length + Number(key) : Number(key);
    const found = list[index];
    if (found === undefined) throw new TemplateError("an item that is not there");
    return found;
  }
  const found = value !== null && typeof value === "object" && Object.prototype.hasOwnProperty.call(value, String(key)) ? value[String(key)] : undefined;
  if (found === undefined) throw new TemplateError(`“${key}” is not there`);
  return found;
}

function slice(value: Value, from: number | null, to: number | null): Value {
  if (typeof value === "string") return [...value].slice(from ?? 0, to ?? undefined).join("");
  if (Array.isArray(value)) return value.slice(from ?? 0, to ?? undefined);
  throw new TemplateError("a part of something that is no text");
}

/** A Python pattern as one of JavaScript: \A and \Z are the ends of the text. */
export function pattern(source: string): RegExp {
  return new RegExp(source.replace(/\\A/g, "^").replace(/\\Z/g, "$"));
}

function filter(name: string, [value, ...rest]: Value[]): Value {
  switch (name) {
    case "trim":
      return text(value).trim();
    case "length":
    case "count":
      return iterable(value).length;
    case "int":
      return /^\s*[-+]?\d+/.test(String(value)) ? Math.trunc(Number(value)) : 0;
    case "lower":
      return text(value).toLowerCase();
    case "upper":
      return text(value).toUpperCase();
    case "string":
      return text(value);
    case "replace":
      return text(value).split(text(rest[0])).join(text(rest[1]));
    case "join":
      return iterable(value).map(text).join(rest.length ? text(rest[0]) : "");
    case "format": {
      let next = 0;
      return text(value).replace(/%([ds%])/g, (_, kind: string) => (kind === "%" ? "%" : text(rest[next++])));
    }
    case "regex_search":
      return pattern(text(rest[0])).exec(text(value))?.[0] ?? null;
    case "default":
    case "d":
      return value;
    case "list":
      return iterable(value);
    case "first":
      return item(value, 0);
    case "last":
      return item(value, -1);
    case "reverse":
      return typeof value === "string" ? [...value].reverse().join("") : [...iterable(value)].reverse();
    case "sort":
      return [...iterable(value)].sort((a, b) => (relation("lt", a, b) ? -1 : relation("lt", b, a) ? 1 : 0));
    case "unique":
      return iterable(value).filter((one, i, all) => all.findIndex((other) => same(one, other)) === i);
    default:
      throw new TemplateError(`the filter ${name}`);
  }
}

function method(name: string, [value, ...rest]: Value[]): Value {
  if (Array.isArray(value)) {
    if (name === "index") return value.findIndex((one) => same(one, rest[0]));
    throw new TemplateError(`the method ${name} of a list`);
  }
  if (value !== null && typeof value === "object") {
    if (name === "get") return Object.prototype.hasOwnProperty.call(value, String(rest[0])) ? value[String(rest[0])] : (rest[1] ?? null);
    if (name === "keys") return Object.keys(value);
    if (name === "values") return Object.values(value);
    if (name === "items") return Object.entries(value);
    throw new TemplateError(`the method ${name} of a mapping`);
  }
  const own = text(value);
  const given = rest.length && typeof rest[0] !== "object" ? text(rest[0]) : null;
  const ends = (side: "both" | "left" | "right"): string => {
    const set = given === null ? null : new Set([...given]);
    const drop = (c: string): boolean => (set ? set.has(c) : /\s/.test(c));
    const chars = [...own];
    if (side !== "right") while (chars.length && drop(chars[0])) chars.shift();
    if (side !== "left") while (chars.length && drop(chars[chars.length - 1])) chars.pop();
    return chars.join("");
  };
  switch (name) {
    case "strip":
      return ends("both");
    case "lstrip":
      return ends("left");
    case "rstrip":
      return ends("right");
    case "split":
      return given === null ? own.split(/\s+/).filter(Boolean) : own.split(given);
    case "lower":
      return own.toLowerCase();
    case "upper":
      return own.toUpperCase();
    case "title":
      return own.toLowerCase().replace(/\p{L}+/gu, (word) => word[0].toUpperCase() + word.slice(1));
    case "replace":
      return own.split(given ?? "").join(text(rest[1]));
    case "join":
      return iterable(rest[0]).map(text).join(own);
    case "startswith":
      return own.startsWith(given ?? "");
    case "endswith":
      return own.endsWith(given ?? "");
    case "index":
    case "find":
      return [...own.slice(0, Math.max(own.indexOf(given ?? ""), 0))].length - (own.includes(given ?? "") ? 0 : 1);
    case "isdigit":
      return /^\d+$/.test(own);
    case "isalpha":
      return /^\p{L}+$/u.test(own);
    case "isalnum":
      return /^[\p{L}\p{N}]+$/u.test(own);
    default:
      throw new TemplateError(`the method ${name}`);
  }
}
