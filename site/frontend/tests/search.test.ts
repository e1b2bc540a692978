import assert from "node:assert/strict";
import { test } from "node:test";

// The entry looks for a page when it is loaded; in Node there is none.
(globalThis as { window?: object }).window = globalThis;
const { find } = await import("../src/search.ts");

const titles = ["LZ 2024", "XENONnT", "About LZ"];
const texts = ["lz 2024 result", "xenonnt result", "about lz documentation"];
const columns = [[1, 1, 2]];
const none = (): Set<number>[] => [new Set<number>()];

test("every word counts, and titles that begin with it come first", () => {
  assert.deepEqual(find(texts, titles, columns, [2], ["lz"], none(), () => 0).hits, [0, 2]);
  assert.deepEqual(find(texts, titles, columns, [2], ["lz", "doc"], none(), () => 0).hits, [2]);
  assert.deepEqual(find(texts, titles, columns, [2], [], none(), () => 0).hits, [0, 1, 2]);
});

test("a facet counts what its other values would give", () => {
  const found = find(texts, titles, columns, [2], [], [new Set([2])], () => 0);
  assert.deepEqual(found.hits, [2]);
  assert.deepEqual(found.counts[0].slice(1), [2, 1]);
});

test("a hundred thousand records take no time to speak of", () => {
  const many = Array.from({ length: 100_000 }, (_, i) => `result ${i} of experiment ${i % 20}`);
  const kinds = [many.map((_, i) => 1 + (i % 5)), many.map((_, i) => 1 + (i % 20))];
  const begin = performance.now();
  const found = find(many, many, kinds, [5, 20], ["result", "77"], [new Set([3]), new Set()], () => 0);
  assert.ok(found.hits.length > 0);
  assert.ok(performance.now() - begin < 1500, `${performance.now() - begin} ms`);
});
