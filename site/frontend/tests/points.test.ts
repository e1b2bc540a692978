import assert from "node:assert/strict";
import { test } from "node:test";
import { PointsError, readPoints } from "../src/points.ts";
import { Units } from "../src/units.ts";
import { AXES, TABLE } from "./table.ts";

const units = new Units(TABLE);
const read = (text: string, given: [string, string] = ["GeV", "cm2"]) => readPoints(text, AXES, given, units);
const pairs = (text: string, given?: [string, string]) => read(text, given).points.map(({ x, y }) => [x, y]);

const same: [string, string][] = [
  ["commas", "40,2e-48\n50,3e-48"],
  ["blanks", "40 2e-48\n50 3e-48"],
  ["tabs", "40\t2e-48\n50\t3e-48"],
  ["semicolons and decimal commas", "40,0;2e-48\n50,0;3e-48"],
  ["decimal commas and blanks", "40,0 2,0e-48\n50,0 3,0e-48"],
  ["a header", "mass,cross_section\n40,2e-48\n50,3e-48"],
  ["a header with units", "mass [TeV],cross_section [pb]\n0.04,2e-12\n0.05,3e-12"],
  ["another order", "cross_section [cm2], mass [GeV]\n2e-48,40\n3e-48,50"],
  ["a comment as header", "# mass [GeV] cross_section [cm2]\n40 2e-48\n50 3e-48"],
  ["comments and blank lines", "# from my scan\n\n40 2e-48\n\n# more\n50 3e-48"],
  ["Windows lines", "40,2e-48\r\n50,3e-48\r\n"],
  ["quantities", "dark_matter_mass cross_section\n40 2e-48\n50 3e-48"],
];

for (const [name, text] of same) {
  test(`points with ${name}`, () => {
    const found = pairs(text);
    assert.equal(found.length, 2);
    found.forEach(([x, y], i) => {
      assert.ok(Math.abs(x / [40, 50][i] - 1) < 1e-12);
      assert.ok(Math.abs(y / [2e-48, 3e-48][i] - 1) < 1e-12);
    });
  });
}

test("a comment that names columns and units is a first line of words; one of words only is none", () => {
  assert.deepEqual(pairs("# scan of mine\n# mass [TeV] cross_section [pb]\n0.04 1"), [[40, 1e-36]]);
  assert.deepEqual(pairs("# after [1], see table 2\n40 2"), [[40, 2]]);
});

test("units of the form hold where the header has none", () => {
  assert.deepEqual(pairs("0.04 1", ["TeV", "cm2"]), [[40, 1]]);
});

test("a fraction is read, and an impossible one is not", () => {
  const own = read("mass,cross_section,fraction\n40,2e-48,0.1\n40,2e-48,2");
  assert.equal(own.points.length, 1);
  assert.equal(own.points[0].fraction, 0.1);
  assert.equal(own.skipped.length, 1);
});

test("lines that are no points are counted", () => {
  const own = read("40 2e-48\nabc def\n50 3e-48");
  assert.equal(own.points.length, 2);
  assert.equal(own.skipped.length, 1);
  assert.deepEqual(own.points.map((point) => point.row), [1, 3]);
});

for (const text of ["", "   \n", "abc", "mass,width\n1,2", "1", "mass [furlong], cross_section [cm2]\n1,2"]) {
  test(`“${text.slice(0, 20)}” is refused with a reason`, () => assert.throws(() => read(text), PointsError));
}

test("semicolons and decimal commas, units behind a slash, names of one's own", () => {
  const found = read("m_X / TeV;cross / pb\n0,04;1,5e-9\n1,5;2");
  assert.deepEqual(found.points.map((one) => one.x), [40, 1500]);
  assert.ok(Math.abs(found.points[0].y / 1.5e-45 - 1) < 1e-12);
  assert.throws(() => read("a, b, c\n1, 2, 3"), PointsError);
});

for (const [name, text] of [["bytes", "\u0000\u0001PNG"], ["wrong characters", "40 \ufffd"], ["one endless line", `1${" ".repeat(400_000)}x`]]) {
  test(`${name} are refused with a reason`, () => assert.throws(() => read(text), PointsError));
}

test("a comment in another encoding costs nothing", () => assert.deepEqual(pairs("# Gr\ufffd\ufffde\n40 2"), [[40, 2]]));
