import assert from "node:assert/strict";
import { test } from "node:test";
import { withModel } from "../src/models.ts";
import type { PlaneData, TranslatedData } from "../src/types.ts";

const data = {
  kinds: [["collaboration", ""]],
  fields: [{ path: "statistics.cl", name: "confidence level", must: true, values: ["90 %"] }],
  curves: [{ id: "a/x", kind: "collaboration", facts: [0] }],
} as unknown as PlaneData;
const found = {
  id: "V1",
  curves: [{ id: "b/x~V1", kind: "translated", facts: [], says: { "statistics.cl": ["confidence level", "95 %"], "model.couplings.gq": ["g_q", "0.25"] } }],
  exact: {},
} as unknown as TranslatedData;

test("curves of a benchmark come with what they state, and go again", () => {
  const rich = withModel(data, found);
  assert.deepEqual(rich.kinds.map(([kind]) => kind), ["collaboration", "translated"]);
  assert.deepEqual(rich.fields.map((field) => field.values), [["90 %", "95 %"], ["0.25"]]);
  assert.deepEqual(rich.curves.map((curve) => curve.facts), [[0, -1], [1, 0]]);
  assert.deepEqual(data.fields[0].values, ["90 %"]);
  const plain = withModel(rich, null);
  assert.deepEqual(plain.curves.map((curve) => curve.id), ["a/x"]);
  assert.equal(withModel(rich, found).curves.length, 2);
});
