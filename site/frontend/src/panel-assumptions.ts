// Panel: assumptions of chosen curves side by side; what differs is marked.

import type { App } from "./app.ts";
import { sample } from "./controls.ts";
import { clear, h, symbol } from "./dom.ts";
import type { Panel } from "./tabs.ts";

const MOST = 6;

export function assumptionsPanel(app: App): Panel {
  const chooser = h("select", { id: "fp-pin" });
  const result = h("div", {});
  let only = false;
  const less = h("button", { type: "button", class: "fp-button", "aria-pressed": "false" }, "Only what is not equal");
  less.addEventListener("click", () => {
    only = !only;
    less.setAttribute("aria-pressed", String(only));
    panel.update();
  });
  chooser.addEventListener("change", () => {
    const id = chooser.value;
    if (id) {
      app.change((state) => {
        if (!state.pinned.includes(id)) state.pinned = [...state.pinned, id].slice(-MOST);
        state.own.set(id, true);
      });
    }
  });

  function columns(): string[] {
    if (app.state.pinned.length) return app.state.pinned;
    return app.visible().map((curve) => curve.data.id).slice(0, 3);
  }

  function table(ids: string[]): HTMLElement {
    const curves = ids.map((id) => app.curves.get(id)!.data);
    const rows = app.data.fields.flatMap((field, k) => {
      const values = curves.map((curve) => (curve.facts[k] < 0 ? null : field.values[curve.facts[k]]));
      const stated = values.filter((value): value is string => value !== null && value !== "?");
      if (!stated.length && !values.includes("?")) return [];
      const differs = new Set(stated).size > 1;
      const flag = differs ? "differs" : stated.length < values.length ? (stated.length ? "not stated by all" : "not stated") : "equal";
      if (only && flag === "equal") return [];
      const name = h("th", { scope: "row" }, symbol(field.name));
      const cells = values.map((value) => h("td", {}, value === null || value === "?" ? h("span", { class: "fp-small" }, "not stated") : symbol(value)));
      const tone = flag === "equal" ? "fp-small" : differs && field.must ? "fp-badge fp-badge--bad" : "fp-badge fp-badge--warn";
      return [h("tr", { "data-field": field.path, "data-flag": flag, class: differs && field.must ? "fp-differs" : null }, name, ...cells, h("td", {}, curves.length > 1 ? h("span", { class: tone }, flag) : ""))];
    });
    const head = curves.map((curve) => {
      const drop = h("button", { type: "button", class: "fp-text", "aria-label": `Leave out ${curve.label}` }, "✕");
      drop.addEventListener("click", () => app.change((state) => (state.pinned = ids.filter((id) => id !== curve.id))));
      return h("th", { scope: "col" }, sample(curve), " ", h("a", { href: app.site + curve.url }, curve.label), " ", drop);
    });
    const names = h("tr", {}, h("td", {}), ...head, h("td", {}));
    return h("div", { class: "fp-scroll", role: "region", "aria-label": "Assumptions side by side", tabindex: 0 }, h("table", { class: "fp-full" }, h("thead", {}, names), h("tbody", {}, ...rows)));
  }

  const panel: Panel = {
    id: "assumptions",
    title: "Assumptions",
    node: h("div", {}, h("p", { class: "fp-row" }, h("label", { for: "fp-pin" }, "Add a curve"), chooser, less), result),
    update() {
      const ids = columns();
      const rest = app.data.curves.filter((curve) => !ids.includes(curve.id));
      clear(chooser, h("option", { value: "" }, "choose …"), ...rest.map((curve) => h("option", { value: curve.id }, `${curve.label} (${curve.kind})`)));
      const curves = ids.map((id) => app.curves.get(id)!);
      const clashes = app.clashes(curves);
      const warning = clashes.length
        ? h("div", { class: "fp-note fp-note--bad" }, h("p", {}, h("strong", {}, "Not comparable as they stand: "), "they differ in ", ...clashes.flatMap((name, i) => [i ? ", " : "", symbol(name)]), ". Curves are drawn as published; nothing is rescaled."))
        : null;
      clear(result, ids.length ? null : h("p", {}, "No curve is drawn."), warning, ids.length ? table(ids) : null);
    },
  };
  return panel;
}
