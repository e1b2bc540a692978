import assert from "node:assert/strict";
import { test } from "node:test";
import { UnitError, Units } from "../src/units.ts";
import { TABLE } from "./table.ts";

const units = new Units(TABLE);

const factors: [string, string, number][] = [
  ["GeV", "GeV", 1],
  ["TeV", "GeV", 1000],
  ["MeV", "GeV", 0.001],
  ["GeV/c2", "GeV", 1],
  ["GeV/c²", "GeV", 1],
  ["[TeV/c^2]", "GeV", 1000],
  ["pb", "cm2", 1e-36],
  ["pbarn", "cm2", 1e-36],
  ["fbarn", "cm2", 1e-39],
  ["m2", "cm2", 1e4],
  ["cm^2", "cm2", 1],
  ["cm²", "cm2", 1],
  ["1e-36 cm2", "cm2", 1e-36],
  ["10^-36 cm2", "cm2", 1e-36],
  ["10⁻³⁶ cm²", "cm2", 1e-36],
  ["10**-36 cm**2", "cm2", 1e-36],
  ["$\\mathrm{cm^{2}}$", "cm2", 1],
  ["m3 s-1", "cm3 s-1", 1e6],
  ["cm3/s", "cm3 s-1", 1],
  ["cm^3 s^-1", "m3 s-1", 1e-6],
  ["eV-1", "GeV-1", 1e9],
  ["1/GeV", "GeV-1", 1],
  ["dru", "count g-1 d-1 keV-1", 1e-3],
  ["day", "s", 86400],
  ["", "", 1],
  ["dimensionless", "", 1],
];

for (const [source, target, wanted] of factors) {
  test(`“${source}” in “${target}”`, () => {
    const found = units.factor_to(source, target);
    assert.ok(Math.abs(found / wanted - 1) < 1e-12, `${found}`);
  });
}

for (const [source, target] of [["GeV", "cm2"], ["furlong", "cm2"], ["cm2 cm2", "cm2"], ["cm/s g", "cm"], ["cm2)", "cm2"], ["(cm2", "cm2"], ["cm2//s", "cm2"], ["toString", "cm2"], ["__proto__", "cm2"], ["cm2;", "cm2"]]) {
  test(`“${source}” is refused for “${target}”`, () => {
    assert.throws(() => units.factor_to(source, target), UnitError);
  });
}

test("decimal prefixes are exact", () => {
  assert.equal(units.factor_to("MeV", "GeV"), 0.001);
  assert.equal(units.factor_to("TeV", "GeV"), 1000);
});
