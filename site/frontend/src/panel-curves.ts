// Panel: every curve of the plane with a tick, grouped by experiment, and the facets that switch many at once.

import type { App } from "./app.ts";
import { sample } from "./controls.ts";
import { clear, h } from "./dom.ts";
import type { Panel } from "./tabs.ts";
import { clText, FACETS, facetValue, type Facet } from "./state.ts";
import type { CurveData } from "./types.ts";

const NAMES: Record<Facet, string> = { family: "Experiment", role: "Role", cl: "Confidence level" };

/** Curves from which on their list scrolls by itself. */
const LONG = 80;

export function curvesPanel(app: App): Panel {
  const facets = h("div", { class: "fp-facets" });
  const search = h("input", { type: "search", id: "fp-curve-search", autocomplete: "off" });
  const list = h("div", { class: `fp-curve-list${app.data.curves.length > LONG ? " fp-curve-list--long" : ""}` });
  const boxes = new Map<string, HTMLInputElement>();
  const count = h("span", { class: "fp-small", role: "status" });
  search.addEventListener("input", () => filter());
  const node = h(
    "div",
    {},
    facets,
    h("p", { class: "fp-row" }, h("label", { for: "fp-curve-search" }, "Find a curve"), search, count),
    list,
  );

  const groups = new Map<string, CurveData[]>();
  for (const curve of app.data.curves) groups.set(curve.family, [...(groups.get(curve.family) ?? []), curve]);
  const families = [...groups.keys()].sort((a, b) => a.localeCompare(b, "en"));
  void fillList();

  /** Make the list a few milliseconds at a time: of hundreds of curves it takes a while. */
  async function fillList(): Promise<void> {
    let since = performance.now();
    for (const family of families) {
      const entries = h("ul", {});
      list.append(h("div", { class: "fp-group", role: "group", "aria-label": family }, groupHead(family), entries));
      for (const curve of groups.get(family)!) {
        entries.append(item(curve));
        if (performance.now() - since < 12) continue;
        await new Promise((resume) => setTimeout(resume));
        since = performance.now();
      }
    }
    filter();
  }

  /** The name of an experiment, with all of its curves at once. */
  function groupHead(family: string): HTMLElement {
    const members = groups.get(family)!;
    if (members.length < 2) return h("p", { class: "fp-group-name" }, family);
    const set = (shown: boolean): void => app.change((state) => members.forEach((curve) => state.own.set(curve.id, shown)));
    const button = (text: string, shown: boolean): HTMLElement => h("button", { type: "button", class: "fp-text", "aria-label": `${text} of ${family}`, onclick: () => set(shown) }, text);
    return h("p", { class: "fp-group-name" }, family, " ", h("span", { class: "fp-group-acts" }, button("all", true), button("none", false)));
  }

  function item(curve: CurveData): HTMLLIElement {
    const box = h("input", { type: "checkbox", "data-curve": curve.id });
    box.checked = app.draws(curve);
    box.addEventListener("change", () => app.change((state) => state.own.set(curve.id, box.checked)));
    boxes.set(curve.id, box);
    const facts = [curve.kind, curve.cl === null ? "CL not stated" : `${clText(curve.cl)} %`, curve.year ?? ""].filter(Boolean).join(" · ");
    const text = `${curve.label} ${curve.title} ${curve.id} ${facts}`.toLowerCase();
    return h(
      "li",
      { "data-text": text },
      h("label", { title: curve.title }, box, sample(curve), h("span", {}, curve.label, " ", h("span", { class: "fp-small" }, facts))),
      h("a", { href: app.site + curve.url, class: "fp-small", "aria-label": `Page of ${curve.label}` }, "page"),
    );
  }

  function filter(): void {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of list.querySelectorAll<HTMLElement>(".fp-group")) {
      let some = false;
      for (const entry of group.querySelectorAll<HTMLElement>("li")) {
        const fits = words.every((word) => entry.dataset.text!.includes(word));
        entry.hidden = !fits;
        if (fits) found += 1;
        some ||= fits;
      }
      group.hidden = !some;
    }
    count.textContent = words.length ? `${found} of ${app.data.curves.length}` : "";
  }

  function facet(name: Facet): HTMLElement | null {
    const counts = new Map<string, number>();
    for (const curve of app.data.curves) {
      const value = facetValue(curve, name);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (counts.size < 2) return null;
    const values = [...counts].sort((a, b) => a[0].localeCompare(b[0], "en", { numeric: true }));
    const buttons = values.map(([value, number]) => {
      const shown = name === "cl" ? (value === "?" ? "not stated" : `${value} %`) : value;
      const on = !app.state.off[name].has(value);
      const toggle = (): void =>
        app.change((state) => {
          if (!state.off[name].delete(value)) state.off[name].add(value);
          for (const curve of app.data.curves) if (facetValue(curve, name) === value) state.own.delete(curve.id);
        });
      return h("button", { type: "button", class: "fp-chip", "data-facet": name, "data-value": value, "aria-pressed": String(on), onclick: toggle }, `${shown} `, h("span", { class: "fp-small" }, String(number)));
    });
    const only = h("button", { type: "button", class: "fp-text" }, app.state.off[name].size ? "all" : "none");
    only.addEventListener("click", () =>
      app.change((state) => {
        const all = state.off[name].size > 0;
        state.off[name] = new Set(all ? [] : counts.keys());
        state.own.clear();
      }),
    );
    const legend = h("summary", {}, `${NAMES[name]} `, h("span", { class: "fp-small" }, `${counts.size - app.state.off[name].size} of ${counts.size}`));
    const group = h("details", { "data-name": name }, legend, h("div", { class: "fp-chips", role: "group", "aria-label": NAMES[name] }, ...buttons, only));
    return group;
  }

  function years(): HTMLElement | null {
    const known = app.data.curves.flatMap((curve) => (curve.year === null ? [] : [curve.year]));
    if (new Set(known).size < 2) return null;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const [from, until] = app.state.years ?? [low, high];
    const input = (label: string, value: number, index: 0 | 1): HTMLElement => {
      const field = h("input", { type: "number", min: low, max: high, value, "aria-label": label });
      field.addEventListener("change", () =>
        app.change((state) => {
          const range: [number, number] = [...(state.years ?? [low, high])];
          range[index] = Math.min(Math.max(Math.round(Number(field.value)) || (index ? high : low), low), high);
          state.years = range[0] === low && range[1] === high ? null : range;
        }),
      );
      return field;
    };
    const told = app.state.years ? `${from} to ${until}` : "all";
    return h(
      "details",
      { "data-name": "years" },
      h("summary", {}, "Year of the source ", h("span", { class: "fp-small" }, told)),
      h("p", { class: "fp-row" }, input("First year", from, 0), "to", input("Last year", until, 1)),
    );
  }

  return {
    id: "curves",
    title: "Curves",
    node,
    update() {
      const open = new Set([...facets.querySelectorAll<HTMLDetailsElement>("details[open]")].map((one) => one.dataset.name));
      const focus = document.activeElement instanceof HTMLElement && facets.contains(document.activeElement) ? document.activeElement : null;
      const again = focus && [focus.dataset.facet, focus.dataset.value, focus.getAttribute("aria-label")];
      clear(facets, ...FACETS.map(facet), years());
      for (const one of facets.querySelectorAll<HTMLDetailsElement>("details")) one.open = open.has(one.dataset.name);
      if (again) {
        const same = [...facets.querySelectorAll<HTMLElement>("button, input")].find((one) => one.dataset.facet === again[0] && one.dataset.value === again[1] && one.getAttribute("aria-label") === again[2]);
        same?.focus();
      }
      for (const [id, box] of boxes) box.checked = app.draws(app.curves.get(id)!.data);
    },
  };
}
