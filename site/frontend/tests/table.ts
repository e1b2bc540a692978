// A small table of units and two axes for the tests.

import type { Axis, UnitTable } from "../src/types.ts";

const ENERGY = { kg: 1, m: 2, s: -2 };

export const TABLE: UnitTable = {
  atoms: {
    m: [1, 0, { m: 1 }, true],
    s: [1, 0, { s: 1 }, true],
    g: [1, -3, { kg: 1 }, true],
    eV: [1.602176634, -19, ENERGY, true],
    barn: [1, -28, { m: 2 }, true],
    d: [8.64, 4, { s: 1 }, false],
    count: [1, 0, { ct: 1 }, false],
  },
  prefixes: { f: -15, p: -12, n: -9, u: -6, m: -3, c: -2, k: 3, M: 6, G: 9, T: 12 },
  aliases: { pb: ["cm2", -36], day: ["d", 0], dru: ["count kg-1 d-1 keV-1", 0] },
};

export const axis = (name: string, unit: string, more: Partial<Axis> = {}): Axis => ({
  name,
  quantity: name,
  symbol: name,
  plain: name,
  unit,
  label: unit,
  units: [unit],
  log: true,
  step: 0.0005,
  ...more,
});

export const AXES: [Axis, Axis] = [axis("mass", "GeV", { quantity: "dark_matter_mass" }), axis("cross_section", "cm2")];
