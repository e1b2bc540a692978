import { ok, equal, deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { place, shorter, type Line } from "../src/labels.ts";

const FRAME = { left: 60, right: 348, top: 10, bottom: 290 };
const measure = (text: string): number => text.length * 6.2;
const level = (id: string, text: string, y: number): Line => ({ id, text, xs: [Float64Array.of(60, 348)], ys: [Float64Array.of(y, y)] });

test("a name loses words before it gets no place, never what it says about the curve", () => {
  deepEqual(shorter("Future argon detector starter (example)"), ["Future argon detector… (example)", "Future argon… (example)"]);
  deepEqual(shorter("one two three*"), ["one two…*"]);
  deepEqual(shorter("LZ 2024 (digitised)"), []);
});

test("a name longer than the figure is shortened", () => {
  const text = "The long name of a detector that nobody built (projection)";
  const [label] = place([level("a", text, 150)], FRAME, 11, measure);
  ok(label.text.startsWith("The long name"));
  ok(label.text.endsWith("… (projection)"));
  ok(measure(label.text) <= FRAME.right - FRAME.left);
});

test("names with room stay whole, and one that does not fit has none", () => {
  const labels = place([level("a", "LZ 2024", 100), level("b", "x".repeat(90), 200)], FRAME, 11, measure);
  equal(labels.length, 1);
  equal(labels[0].text, "LZ 2024");
});
