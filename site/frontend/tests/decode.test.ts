import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeCurve, decodeIntegers } from "../src/decode.ts";
import { AXES } from "./table.ts";

// Written by fairport.catalog.browser.compact.encode_integers; tests/catalog/test_compact.py holds the same pairs.
const PAIRS: [string, number[]][] = [["", []], ["A", [0]], ["C", [1]], ["D", [-1]], ["gB", [16]], ["hB", [-16]], ["ACDgBhB", [0, 1, -1, 16, -16]]];

for (const [text, numbers] of PAIRS) {
  test(`integers of “${text}”`, () => assert.deepEqual(decodeIntegers(text), numbers));
}

test("large numbers keep their value", () => {
  assert.deepEqual(decodeIntegers("gggggggB"), [2 ** 34]);
});

test("a damaged curve is told", () => {
  assert.throws(() => decodeIntegers("A!"), /damaged/);
});

test("points are sums of steps on the scale of the axis", () => {
  const { u, v } = decodeCurve("gBhBCD", AXES);
  assert.deepEqual([...u], [16 * 0.0005, 17 * 0.0005]);
  assert.deepEqual([...v], [-16 * 0.0005, -17 * 0.0005]);
});
