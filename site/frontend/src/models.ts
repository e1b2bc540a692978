// Results of other planes inside a benchmark: loaded when the benchmark is chosen, dropped with it.

import { fairport, load } from "./bundle.ts";
import { TRANSLATED } from "./state.ts";
import type { ExactData, Model, PlaneData, TranslatedData } from "./types.ts";

const MEANING = "results of other planes, brought here inside the chosen model";

/** Fetch what a benchmark adds to a plane. */
export async function fetchModel(model: Model): Promise<TranslatedData> {
  const shared = fairport();
  await load(model.file);
  const found = shared.data.translated?.[model.id];
  if (!found) throw new Error("the results of other planes could not be read");
  return found;
}

/** A plane with the curves of a benchmark, or without those of any. */
export function withModel(data: PlaneData, found: TranslatedData | null): PlaneData {
  const curves = data.curves.filter((curve) => curve.kind !== TRANSLATED);
  const kinds = data.kinds.filter(([kind]) => kind !== TRANSLATED);
  if (!found) return { ...data, curves, kinds };
  const fields = data.fields.map((field) => ({ ...field, values: [...field.values] }));
  for (const [path, [name]] of found.curves.flatMap((curve) => Object.entries(curve.says))) {
    if (fields.some((field) => field.path === path)) continue;
    fields.push({ path, name, must: false, values: [] });
  }
  const some = found.curves.some((curve) => curve.shown);
  const told = found.curves.map((curve) => ({
    ...curve,
    shown: curve.shown || !some,
    facts: fields.map((field) => {
      const text = Object.prototype.hasOwnProperty.call(curve.says, field.path) ? curve.says[field.path][1] : null;
      if (text === null) return -1;
      if (!field.values.includes(text)) field.values.push(text);
      return field.values.indexOf(text);
    }),
  }));
  const kept = curves.map((curve) => ({ ...curve, facts: fields.map((_, k) => curve.facts[k] ?? -1) }));
  return { ...data, fields, kinds: [...kinds, [TRANSLATED, MEANING]], curves: [...kept, ...told] };
}

/** Numbers of a plane and of the curves that a benchmark adds. */
export function withNumbers(exact: ExactData, found: TranslatedData | null): ExactData {
  return found ? { ...exact, ...found.exact } : exact;
}
