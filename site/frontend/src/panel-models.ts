// Panel: results of other planes inside a benchmark, with the couplings and assumptions said.

import type { App } from "./app.ts";
import { sample } from "./controls.ts";
import { clear, h, symbol } from "./dom.ts";
import type { Panel } from "./tabs.ts";
import type { Model, TranslatedCurve } from "./types.ts";

export function modelsPanel(app: App): Panel {
  const models = app.data.models ?? [];
  const choice = h("div", { class: "fp-chips", role: "group", "aria-label": "Benchmarks" });
  const result = h("div", {});

  function chip(model: Model): HTMLElement {
    const on = app.state.model === model.id;
    const toggle = (): void => app.setModel(on ? null : model.id);
    const words = h("span", {}, symbol(model.title), " ", h("span", { class: "fp-small" }, String(model.count)));
    return h("button", { type: "button", class: "fp-chip", "aria-pressed": String(on), "data-model": model.id, onclick: toggle }, words);
  }

  /** What all share, said once; the rest at each. */
  function assumptions(curves: TranslatedCurve[]): HTMLElement {
    const shared = curves[0].notes.filter((note) => curves.every((curve) => curve.notes.includes(note)));
    const rows = curves.map((curve) => {
      const own = curve.notes.filter((note) => !shared.includes(note));
      const from = h("a", { href: `${app.site}p/${curve.from}/index.html` }, curve.from);
      return h("tr", {}, h("th", { scope: "row" }, sample(curve), " ", h("a", { href: app.site + curve.url }, curve.label)), h("td", {}, from), h("td", {}, own.join("; ") || "–"));
    });
    const head = h("tr", {}, ...["Result", "From the plane", "Besides"].map((text) => h("th", { scope: "col" }, text)));
    const table = h("table", { class: "fp-full" }, h("thead", {}, head), h("tbody", {}, ...rows));
    return h("div", {}, h("ul", {}, ...shared.map((note) => h("li", {}, note))), h("div", { class: "fp-scroll", role: "region", "aria-label": "Results of other planes", tabindex: 0 }, table));
  }

  return {
    id: "models",
    title: "Other planes",
    node: h("div", {}, h("p", { class: "fp-small" }, "Scattering, annihilation and searches at colliders compare inside one model only. Choose a benchmark: results of other planes are then drawn here, as ", h("code", {}, "fairport translate"), " gives them, and stand in the table at one place."), choice, result),
    update() {
      clear(choice, ...models.map(chip));
      const model = app.model();
      const curves = app.data.curves.filter((curve): curve is TranslatedCurve => "says" in curve);
      clear(
        result,
        model ? h("p", {}, h("strong", {}, symbol(model.title))) : null,
        model?.natives ? h("p", {}, "Results of this plane with other couplings are not shown meanwhile.") : null,
        model && curves.length ? assumptions(curves) : null,
      );
    },
  };
}
