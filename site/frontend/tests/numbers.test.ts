import assert from "node:assert/strict";
import { test } from "node:test";
import { general, numberText, readNumber, tickText } from "../src/numbers.ts";

test("numbers for people", () => {
  const cases: [number, string][] = [[0.0438, "0.0438"], [1205, "1205"], [1.14e-44, "1.14 × 10⁻⁴⁴"], [1e-45, "10⁻⁴⁵"], [-1e-45, "−10⁻⁴⁵"], [0, "0"], [NaN, "–"], [40, "40"], [2.2e-48, "2.2 × 10⁻⁴⁸"], [123456, "1.23 × 10⁵"], [0.1, "0.1"], [9.999e-5, "10⁻⁴"]];
  for (const [value, text] of cases) assert.equal(numberText(value), text);
});

test("numbers as Python prints them with %g", () => {
  const cases: [number, number, string][] = [[90, 6, "90"], [0.95, 6, "0.95"], [1e-48, 6, "1e-48"], [2.178e-48, 2, "2.2e-48"], [123456789, 6, "1.23457e+08"], [0.0001, 6, "0.0001"], [0.00001, 6, "1e-05"], [68.27, 6, "68.27"], [1.5, 2, "1.5"], [20.53, 2, "21"]];
  for (const [value, digits, text] of cases) assert.equal(general(value, digits), text);
});

test("numbers as people type them", () => {
  const cases: [string, number][] = [["2.2e-48", 2.2e-48], ["2,2e-48", 2.2e-48], ["2.2×10^-48", 2.2e-48], ["2.2 × 10⁻⁴⁸", 2.2e-48], ["10⁻⁴⁸", 1e-48], ["10^-48", 1e-48], ["1.5D-3", 1.5e-3], [".5", 0.5], ["5.", 5], ["−3", -3], ["+4", 4]];
  for (const [text, value] of cases) assert.equal(readNumber(text), value, text);
  for (const text of ["", "mass", "1e", "0x10", "1 2", "--1", "Infinity", "NaN", "1,2,3"]) assert.ok(Number.isNaN(readNumber(text)), text);
});

test("ticks", () => {
  assert.equal(tickText(1e-47, true), "10⁻⁴⁷");
  assert.equal(tickText(2e-47, true), "2×10⁻⁴⁷");
  assert.equal(tickText(1000, true), "1000");
});
