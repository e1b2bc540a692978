import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults, read, visible, write } from "../src/state.ts";
import type { CurveData, PlaneData } from "../src/types.ts";
import { AXES } from "./table.ts";

const curve = (id: string, more: Partial<CurveData> = {}): CurveData => ({
  id, title: id, label: id, family: "A", kind: "collaboration", form: "limit", status: "published", role: "observed", year: 2020,
  cl: 0.9, shown: true, tip: "", url: "", licence: "MIT", open: true, cite: [], unstated: [], facts: [], ...more,
});

const data: PlaneData = {
  version: 1,
  plane: { id: "dd.si", title: "SI", orientation: "above", axes: AXES },
  view: [[1, 1000], [1e-48, 1e-40]],
  kinds: [["collaboration", ""], ["digitised", ""]],
  fields: [],
  curves: [curve("a/x"), curve("b/x", { family: "B", cl: 0.95, year: 2024 }), curve("c/x", { kind: "digitised", shown: false, cl: null })],
  models: [{ id: "V1", title: "V1: vector mediator", file: "model-v1.js", count: 1 }],
  more: 0,
};

const ids = (hash: string) => data.curves.filter((one) => visible(one, read(hash, data))).map((one) => one.id);

test("at first the address is empty and the collaborations are drawn", () => {
  assert.equal(write(defaults(data), data), "");
  assert.deepEqual(ids(""), ["a/x", "b/x"]);
});

test("a plane of examples only shows them", () => {
  const only = { ...data, curves: [curve("e/x", { kind: "example", shown: false })] };
  assert.ok(visible(only.curves[0], defaults(only)));
});

test("every part of the state survives the address", () => {
  const state = defaults(data);
  state.x = [5, 50];
  state.y = [1e-47, 1e-44];
  state.kinds = new Set(["digitised"]);
  state.off.family.add("A, B&C=D");
  state.off.cl.add("?");
  state.years = [2019, 2023];
  state.own.set("a/x", true).set("c/x", false);
  state.pinned = ["a/x", "b/x"];
  state.at = 40;
  state.bands = true;
  state.guides = false;
  state.envelope = 0.9;
  state.model = "V1";
  state.panel = "at";
  const more = { ...data, curves: [...data.curves, curve("d/x")] };
  const again = read(`#${write(state, more)}`, more);
  assert.deepEqual(again, state);
});

test("facets, years and single curves choose", () => {
  assert.deepEqual(ids("kind=collaboration,digitised"), ["a/x", "b/x", "c/x"]);
  assert.deepEqual(ids("no-family=B"), ["a/x"]);
  assert.deepEqual(ids("no-cl=90"), ["b/x"]);
  assert.deepEqual(ids("years=2021,2030"), ["b/x"]);
  assert.deepEqual(ids("on=c%2Fx&off=a%2Fx"), ["b/x", "c/x"]);
});

test("nonsense in an address does no harm", () => {
  for (const hash of ["#values", "x=1", "x=5,1", "x=-1,5", "kind=evil", "on=../../etc", "at=-3", "envelope=95", "%E0%A4%A", "no-family=%E0", "years=a,b", "__proto__=1", "y=NaN,1"]) {
    const state = read(hash, data);
    assert.deepEqual(state.x, defaults(data).x, hash);
    assert.equal(state.at, null);
    assert.equal(state.envelope, null);
  }
  assert.deepEqual(ids("kind=evil"), []);
});

test("what no state can be is left alone: no end, years backwards; a curve is compared once", () => {
  const id = data.curves[0].id;
  const state = read(`#at=1e400&years=2030,2000&compare=${[id, id].map(encodeURIComponent).join(",")}`, data);
  assert.equal(state.at, null);
  assert.equal(state.years, null);
  assert.deepEqual(state.pinned, [id]);
});
