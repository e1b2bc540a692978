// Panel: the strongest observed limits of collaborations among the drawn curves, and whose they are.

import type { App } from "./app.ts";
import { sample } from "./controls.ts";
import { clear, h, inWords } from "./dom.ts";
import type { Envelope } from "./envelope.ts";
import { amount, numberText } from "./numbers.ts";
import { clText } from "./state.ts";
import type { Panel } from "./tabs.ts";

export function envelopePanel(app: App): Panel {
  const choice = h("div", { class: "fp-chips", role: "group", "aria-label": "Envelope" });
  const result = h("div", {});
  const [axis] = app.data.plane.axes;

  function members(found: Envelope): HTMLElement {
    const first = (i: number): number => found.strongest[i][0]?.[0] ?? Infinity;
    const order = found.members.map((_, i) => i).sort((a, b) => (first(a) === first(b) ? a - b : first(a) - first(b)));
    const rows = order.map((i) => {
      const id = found.members[i];
      const curve = app.curves.get(id)!.data;
      const told = found.strongest[i].map(([low, high]) => `${numberText(low)} to ${amount(high, axis.label)}`).join("; ");
      return h("tr", { "data-member": id }, h("th", { scope: "row" }, sample(curve), " ", h("a", { href: app.site + curve.url }, curve.label)), h("td", {}, told || "nowhere"));
    });
    const head = h("tr", {}, h("th", { scope: "col" }, "Member"), h("th", { scope: "col" }, "strongest from"));
    return h("div", { class: "fp-scroll", role: "region", "aria-label": "Members of the envelope", tabindex: 0 }, h("table", { class: "fp-full" }, h("thead", {}, head), h("tbody", {}, ...rows)));
  }

  function told(level: number): (HTMLElement | null)[] {
    const { choice: chosen, made } = app.envelopeOf(level);
    const why = chosen.why || (chosen.members.length < 2 ? "fewer than two observed limits of collaborations are drawn that state what an envelope needs" : "");
    const named = (id: string): string => app.curves.get(id)?.data.label ?? id;
    return [
      made ? members(made) : h("div", { class: "fp-note fp-note--warn" }, h("p", {}, `At ${clText(level)} % CL there is no envelope of the drawn curves: ${inWords(why, app.data.fields)}.`)),
      made && chosen.differ.length ? h("p", {}, `The members differ in ${inWords(chosen.differ.join(", "), app.data.fields)}; they are taken as published.`) : null,
      chosen.out.length ? h("details", {}, h("summary", {}, `Drawn, but left out: ${chosen.out.length}`), h("ul", {}, ...chosen.out.map(([id, reason]) => h("li", {}, `${named(id)}: ${inWords(reason, app.data.fields)}`)))) : null,
    ];
  }

  return {
    id: "envelope",
    title: "Envelope",
    node: h("div", {}, choice, h("p", { class: "fp-small" }, "The strongest observed limit of a collaboration at each place, of the curves that are drawn. It is no combination: no confidence level belongs to it as a whole."), result),
    update() {
      const focused = document.activeElement?.getAttribute("data-envelope");
      clear(
        choice,
        ...app.levels().map((level) => {
          const on = app.state.envelope === level;
          const toggle = (): void => app.change((state) => (state.envelope = on ? null : level));
          return h("button", { type: "button", class: "fp-chip", "aria-pressed": String(on), "data-envelope": clText(level), onclick: toggle }, `Envelope at ${clText(level)} % CL`);
        }),
      );
      if (focused) choice.querySelector<HTMLElement>(`[data-envelope="${CSS.escape(focused)}"]`)?.focus();
      const level = app.state.envelope;
      clear(result);
      if (level === null) return;
      void app.numbers().then(() => level === app.state.envelope && clear(result, ...told(level)));
    },
  };
}
