import assert from "node:assert/strict";
import { test } from "node:test";
import { inWords } from "../src/dom.ts";

const fields = [{ path: "statistics.cl", name: "confidence level" }, { path: "astro.halo.v0", name: "v₀" }];

test("paths of fields become their names, and what has none its last words", () => {
  assert.equal(inWords("statistics.cl differs (a/si 0.9). x", fields), "confidence level differs (a/si 0.9). x");
  assert.equal(inWords("b does not state astro.halo.v0, model.form_factors.", fields), "b does not state v₀, form factors.");
  assert.equal(inWords("an ordinary sentence on a model. And more", fields), "an ordinary sentence on a model. And more");
});
