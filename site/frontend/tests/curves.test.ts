import assert from "node:assert/strict";
import { test } from "node:test";
import { contains, crossings, Curve, Reader } from "../src/curves.ts";
import type { Exact, Piece } from "../src/types.ts";

const near = (a: number, b: number): void => assert.ok(Math.abs(a / b - 1) < 1e-12, `${a} instead of ${b}`);

test("points are joined by power laws on log scales, and kept exactly", () => {
  const curve = new Curve([1, 100], { y: [1e-40, 1e-44] }, ["log", "log"], "above");
  near(curve.at(10), 1e-42);
  assert.equal(curve.at(100), 1e-44);
  assert.ok(Number.isNaN(curve.at(0.5)));
  assert.ok(Number.isNaN(curve.at(101)));
});

test("nothing is interpolated across a gap", () => {
  const curve = new Curve([1, 2, 3, 4], { y: [1, null, 3, 4] }, ["lin", "lin"], "above");
  assert.equal(curve.at(1), 1);
  assert.ok(Number.isNaN(curve.at(2)));
  assert.equal(curve.at(3.5), 3.5);
});

test("at a vertical step the weaker limit counts", () => {
  const y = [1, 2, 5, 6];
  assert.equal(new Curve([1, 2, 2, 3], { y }, ["lin", "lin"], "above").at(2), 5);
  assert.equal(new Curve([1, 2, 2, 3], { y }, ["lin", "lin"], "below").at(2), 2);
});

test("smooth curves are their polynomials", () => {
  const curve = new Curve([0, 1, 2], { y: [0, 1, 4], p: [[[1, 0, 0], [1, 2, 1]]] }, ["lin", "lin"], "above");
  near(curve.at(0.5), 0.25);
  near(curve.at(1.5), 2.25);
});

const square: Piece[] = [[[1, 100, 100, 1, 1], [1, 1, 100, 100, 1]]];

test("a region contains its edge, and nothing without a place on a log scale", () => {
  assert.ok(contains(square, 10, 10, ["log", "log"]));
  assert.ok(contains(square, 1, 10, ["log", "log"]));
  assert.ok(contains(square, 100, 100, ["log", "log"]));
  assert.ok(!contains(square, 101, 10, ["log", "log"]));
  assert.ok(!contains(square, 0, 10, ["log", "log"]));
});

test("a vertical crosses a ring twice", () => {
  assert.deepEqual(crossings(square, 10, ["log", "log"]), [1, 100]);
  assert.deepEqual(crossings(square, 1000, ["log", "log"]), []);
});

test("a result says nothing outside its validity", () => {
  const exact = { shape: "function", side: "above", low: 2, high: 3, x: [1, 4], y: [1, 4], scales: ["lin", "lin"], bands: { p50: { y: [2, 8] } } } as unknown as Exact;
  const reader = new Reader(exact);
  assert.ok(Number.isNaN(reader.value(1.5)));
  assert.equal(reader.value(2.5), 2.5);
  assert.deepEqual(reader.companions(2.5), { p50: 5 });
  assert.deepEqual(reader.companions(1.5), {});
});
