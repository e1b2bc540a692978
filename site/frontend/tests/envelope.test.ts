import assert from "node:assert/strict";
import { test } from "node:test";
import { Reader } from "../src/curves.ts";
import { choose, envelope } from "../src/envelope.ts";
import type { CurveData, Exact } from "../src/types.ts";

const limit = (x: number[], y: (number | null)[], more: Partial<Exact> = {}): Reader =>
  new Reader({
    shape: "function", side: "above", low: null, high: null, level: 0.9, role: "observed", one: true, projected: false, unusable: null, unstated: [],
    ceiling: null, power: 1, fraction: 1, conjugate: null, origin: "collaboration", constraint: "none", label: "", agree: [], bib: [], bands: {},
    joins: { class: "CLs", table: String(y) }, scales: ["log", "log"], x, y, ...more,
  });
const near = (a: number, b: number): void => assert.ok(Math.abs(a / b - 1) < 1e-12, `${a} instead of ${b}`);
const drawn = (...ids: string[]): CurveData[] => ids.map((id) => ({ id }) as CurveData);

test("the strongest counts, and where two cross stands a point", () => {
  const readers = new Map([["a", limit([1, 100], [1, 100])], ["b", limit([1, 100], [100, 1])]]);
  const found = envelope(["a", "b"], readers, false);
  near(found.at(1), 1);
  near(found.at(10), 10);
  near(found.at(100), 1);
  assert.equal(found.pieces.length, 1);
  near(found.strongest[0][0][1], 10);
  near(found.strongest[1][0][0], 10);
});

test("where limits exclude below, the highest is the strongest", () => {
  const readers = new Map([["a", limit([1, 100], [1, 1])], ["b", limit([1, 100], [2, 2])]]);
  const found = envelope(["a", "b"], readers, true);
  near(found.at(50), 2);
  assert.deepEqual(found.strongest[0], []);
});

test("nothing is said in gaps and outside, and a range of validity cuts", () => {
  const readers = new Map([["a", limit([1, 2, 3, 4, 5], [1, 1, null, 1, 1])], ["b", limit([10, 100], [1, 1], { low: 20 })]]);
  const found = envelope(["a", "b"], readers, false);
  assert.ok(Number.isNaN(found.at(3)));
  assert.ok(Number.isNaN(found.at(15)));
  near(found.at(20.5), 1);
  assert.equal(found.pieces.length, 3);
});

test("of three, each is a member where it is the strongest", () => {
  const readers = new Map([["a", limit([1, 100], [10, 10])], ["b", limit([5, 50], [1, 1])], ["c", limit([20, 30], [0.1, 0.1])]]);
  const found = envelope(["a", "b", "c"], readers, false);
  const rounded = found.strongest.map((ranges) => ranges.map((range) => range.map((value) => Number(value.toPrecision(6)))));
  assert.deepEqual(rounded, [[[1, 5], [50, 100]], [[5, 20], [30, 50]], [[20, 30]]]);
});

test("what does not go together is said", () => {
  const readers = new Map([
    ["a", limit([1, 2], [1, 1])],
    ["b", limit([1, 2], [2, 2], { joins: { not: "it is superseded" } })],
    ["c", limit([1, 2], [3, 3], { level: 0.95 })],
    ["d", limit([1, 2], [4, 4], { joins: { class: "Bayesian", table: "d" } })],
    ["e", limit([1, 2], [1, 1])],
  ]);
  const found = choose(drawn("a", "b", "c"), readers, 0.9);
  assert.deepEqual(found.members, ["a"]);
  assert.deepEqual(found.out.map(([id]) => id), ["b", "c"]);
  assert.match(choose(drawn("a", "d"), readers, 0.9).why, /methods/);
  assert.match(choose(drawn("a", "e"), readers, 0.9).why, /same numbers/);
});
