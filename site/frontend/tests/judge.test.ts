import assert from "node:assert/strict";
import { test } from "node:test";
import { Reader } from "../src/curves.ts";
import { jury } from "../src/judge.ts";
import type { Exact } from "../src/types.ts";

const limit = (y: number, more: Partial<Exact> = {}): Reader =>
  new Reader({
    shape: "function", side: "above", low: 1, high: 100, level: 0.9, role: "observed", one: true, projected: false, unusable: null, unstated: [],
    ceiling: null, power: 1, fraction: 1, conjugate: null, origin: "collaboration", constraint: "not-stated", label: "", joins: {}, agree: [], bib: [],
    scales: ["log", "log"], x: [1, 100], y: [y, y], bands: {}, ...more,
  });
const point = (x: number, y: number, fraction = 1) => ({ x, y, fraction, row: 1 });
const judge = (readers: Record<string, Reader>, p: ReturnType<typeof point>, conjugate: boolean | null = null, quantity = "cross_section", drawn: string[] = []) =>
  jury(Object.keys(readers), new Map(Object.entries(readers)), quantity, new Set(drawn)).judge(p, conjugate);

test("the strongest limit excludes, the others are named", () => {
  const found = judge({ "a/x": limit(2), "b/x": limit(1) }, point(10, 4));
  assert.equal(found.status, "excluded");
  assert.equal(found.by, "b/x");
  assert.ok(Math.abs(found.margin! / 4 - 1) < 1e-12);
  assert.deepEqual(found.others, ["a/x"]);
  assert.equal(found.reason, "at 90 % CL");
});

test("below every limit a point is allowed, outside their range not covered", () => {
  assert.equal(judge({ "a/x": limit(2) }, point(10, 1)).status, "allowed");
  assert.equal(judge({ "a/x": limit(2) }, point(1000, 9)).status, "not covered");
  assert.equal(judge({}, point(10, 1)).status, "not covered");
});

test("a result that does not state what it must excludes nothing", () => {
  const found = judge({ "a/x": limit(2, { unstated: ["statistics.cl"] }) }, point(10, 4));
  assert.equal(found.status, "unknown");
  assert.match(found.reason, /does not state statistics\.cl/);
});

test("a fraction weakens by the power of the quantity", () => {
  assert.equal(judge({ "a/x": limit(2) }, point(10, 4, 0.4)).status, "allowed");
  assert.equal(judge({ "a/x": limit(2, { power: 0 }) }, point(10, 4, 0.4)).status, "excluded");
  assert.equal(judge({ "a/x": limit(2) }, point(10, 4, 0)).status, "unknown");
});

test("half the flux of a Dirac particle", () => {
  const readers = { "a/x": limit(2, { conjugate: true }) };
  assert.equal(judge(readers, point(10, 3), false, "annihilation_cross_section").status, "allowed");
  assert.equal(judge(readers, point(10, 3), true, "annihilation_cross_section").status, "excluded");
});

test("above its ceiling a limit excludes nothing, and the ceiling alone excludes nothing", () => {
  const readers = { "a/x": limit(2, { ceiling: "top" }), "a/top": limit(100) };
  assert.equal(judge(readers, point(10, 50)).status, "excluded");
  const above = judge(readers, point(10, 500));
  assert.equal(above.status, "allowed");
  assert.match(above.reason, /overburden/);
  assert.equal(judge({ "a/x": limit(2, { ceiling: "top" }) }, point(10, 50)).status, "unknown");
});

test("near a curve that is only drawn nothing is decided", () => {
  assert.equal(judge({ "a/x": limit(2) }, point(10, 2.001), null, "cross_section", ["a/x"]).status, "unknown");
  assert.equal(judge({ "a/x": limit(2) }, point(10, 2.1), null, "cross_section", ["a/x"]).status, "excluded");
});

test("what may not be used is told", () => {
  const found = jury(["a/x"], new Map([["a/x", limit(1, { unusable: "it is a projection" })]]), "cross_section");
  assert.deepEqual(found.notes, ["a/x is not used: it is a projection"]);
  assert.equal(found.judge(point(10, 4), null).status, "not covered");
});
