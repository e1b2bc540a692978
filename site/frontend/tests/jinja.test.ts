import assert from "node:assert/strict";
import { test } from "node:test";
import { pattern, render, TemplateError, type Body, type Node, type Value } from "../src/jinja.ts";

const run = (body: Body, answers: Record<string, Value> = {}) => render({ body }, answers, {});
const out = (node: Node, answers: Record<string, Value> = {}) => run([["out", node]], answers);
const constant = (value: Value): Node => ["const", value];

test("the remainder has the sign of the divisor", () => {
  assert.equal(out(["%", constant(-7), constant(3)]), "2");
  assert.equal(out(["//", constant(-7), constant(3)]), "-3");
});

test("slices and items count from the end", () => {
  assert.equal(out(["slice", constant("abcdef"), constant(-3), null]), "def");
  assert.equal(out(["item", constant("abc"), constant(-1)]), "c");
});

test("what is not there is an error, not an empty text", () => {
  assert.throws(() => out(["name", "nobody"]), TemplateError);
  assert.throws(() => out(["item", constant("abc"), constant(5)]), TemplateError);
  assert.throws(() => out(["item", ["dict"], constant("constructor")]), TemplateError);
});

test("a name set in a loop does not leave it, that of a namespace does", () => {
  const loop = (target: string[]): Node => ["for", "c", constant("abc"), [["set", target, ["name", "c"]]]];
  assert.equal(run([["set", ["last"], constant("-")], loop(["last"]), ["out", ["name", "last"]]]), "-");
  assert.equal(run([["set", ["n"], ["dict", [constant("last"), constant("-")]]], loop(["n", "last"]), ["out", ["item", ["name", "n"], constant("last")]]]), "c");
});

test("patterns of Python hold for the whole text", () => {
  assert.ok(pattern("\\A[a-z]+\\Z").test("abc"));
  assert.ok(!pattern("\\A[a-z]+\\Z").test("abc\n"));
});

test("truth is Python's", () => {
  for (const [value, wanted] of [["", "no"], ["0", "yes"], [0, "no"], [[], "no"], [null, "no"]] as [Value, string][]) {
    assert.equal(run([["if", [[constant(value), ["yes"]]], ["no"]]]), wanted);
  }
});

test("nothing runs for ever", () => {
  let nested: Node = ["out", ["name", "f"]];
  for (const name of "fedcba") nested = ["for", name, constant("0123456789"), [nested]];
  assert.throws(() => run([nested]), TemplateError);
});
