import assert from "node:assert/strict";
import { test } from "node:test";
import { PointsError } from "../src/points.ts";
import type { Exact } from "../src/types.ts";
import { Units } from "../src/units.ts";
import { beside, readValues } from "../src/values.ts";
import { axis, TABLE } from "./table.ts";

const units = new Units(TABLE);
const AXIS = axis("length", "cm");
const read = (text: string, given = "cm") => readValues(text, AXIS, given, units);
const near = (found: number[], wanted: number[]): void => {
  assert.equal(found.length, wanted.length);
  found.forEach((value, i) => assert.ok(Math.abs(value / wanted[i] - 1) < 1e-12, `${value} is not ${wanted[i]}`));
};

const same: [string, string][] = [
  ["bare numbers", "3e-28\n4e-28"],
  ["units behind them", "3e-30 m\n4e-28 cm"],
  ["a unit without a blank", "3e-28cm\n4e-28"],
  ["a header", "length\n3e-28\n4e-28"],
  ["a header with a unit", "length [m]\n3e-30\n4e-30"],
  ["a comment as header", "# length [m]\n3e-30\n4e-30"],
  ["decimal commas", "3,0e-28\n4,0e-28"],
  ["powers of ten", "3 × 10⁻²⁸\n4 x 10^-28 cm"],
  ["a mark of the byte order and Windows lines", "\ufeff3e-28\r\n4e-28\r\n"],
];

for (const [name, text] of same) {
  test(`values with ${name}`, () => near(read(text).points.map((point) => point.y), [3e-28, 4e-28]));
}

test("the unit of the form holds where nothing else is said", () => near(read("2", "m").points.map((one) => one.y), [200]));

for (const text of ["3e-28, 0.1", "3e-28; 0.1", "3e-28\t0.1", "3e-28 0.1", "3,0e-28; 0,1", "length, fraction\n3e-28,0.1"]) {
  test(`a fraction in “${text}”`, () => {
    const [point] = read(text).points;
    near([point.y, point.fraction], [3e-28, 0.1]);
  });
}

test("what is no value is counted, with its line", () => {
  const own = read("3\nabc def\n5; 7\n6");
  near(own.points.map((one) => one.y), [3, 6]);
  assert.deepEqual(own.skipped.map(([row]) => row), [2, 3]);
});

for (const text of ["", "length", "3 GeV", "3 furlong", "\u0000\u0001\u0002", "PNG\ufffd\ufffd"]) {
  test(`“${text}” is refused with a reason`, () => assert.throws(() => read(text), PointsError));
}

test("long lines cost no time", () => {
  const since = Date.now();
  for (const filling of [" ", "#", "1", "1,", "×10", "a"]) {
    assert.throws(() => read(`1${filling.repeat(300_000)}x`), PointsError);
  }
  assert.ok(Date.now() - since < 1000);
});

const exact = (more: Partial<Exact>): Exact => ({
  shape: "value", side: null, low: null, high: null, level: 0.95, role: "observed", one: false, projected: false, unusable: null, unstated: [], ceiling: null,
  power: 1, fraction: 1, conjugate: null, origin: "collaboration", constraint: "not-stated", label: "", joins: {}, agree: [], bib: [], value: 10, ...more,
});

test("where a value lies beside a limit, an interval, a bare value and one that is not open", () => {
  assert.equal(beside(11, "A", exact({ one: true })), "above the limit of A (95 % CL)");
  assert.equal(beside(9, "A", exact({ one: true })), "below the limit of A (95 % CL)");
  const wide = exact({ minus: 2, plus: 3, level: 0.68 });
  assert.deepEqual([7, 8, 13, 14].map((value) => beside(value, "B", wide).split(" ")[0]), ["below", "within", "within", "above"]);
  assert.match(beside(11, "C", exact({})), /not stated/);
  assert.match(beside(11, "D", exact({ value: undefined })), /no number that is open/);
});
