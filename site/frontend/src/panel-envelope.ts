// Panel: the strongest observed limits of collaborations, and whose they are.

import { clear, h } from "./dom.ts";
import type { Explorer, Panel } from "./explore.ts";
import { amount, numberText } from "./numbers.ts";
import { clText } from "./state.ts";
import type { EnvelopeData } from "./types.ts";

export function envelopePanel(app: Explorer): Panel {
  const choice = h("div", { class: "fp-kinds", role: "group", "aria-label": "Envelope" });
  const result = h("div", {});
  const axis = app.data.plane.axes[0];

  function members(one: EnvelopeData): HTMLElement {
    const rows = (one.members ?? []).map(([id, ranges]) => {
      const curve = app.curves.get(id)!.data;
      const told = ranges.map(([low, high]) => `${numberText(low)} to ${amount(high, axis.label)}`).join("; ");
      return h("tr", {}, h("th", { scope: "row" }, app.sample(curve), " ", h("a", { href: app.site + curve.url }, curve.label)), h("td", {}, told || "nowhere"));
    });
    return h("div", { class: "fp-scroll", role: "region", "aria-label": "Members of the envelope", tabindex: 0 }, h("table", { class: "fp-full" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Member"), h("th", { scope: "col" }, "strongest from"))), h("tbody", {}, ...rows)));
  }

  return {
    id: "envelope",
    title: "Envelope",
    node: h("div", {}, choice, result),
    update() {
      const able = app.data.envelopes.filter((one) => one.d);
      clear(
        choice,
        ...able.map((one) => {
          const on = app.state.envelope === one.cl;
          const toggle = (): void => app.change((state) => (state.envelope = on ? null : one.cl));
          return h("button", { type: "button", class: "fp-chip", "aria-pressed": String(on), "data-envelope": clText(one.cl), onclick: toggle }, `Envelope at ${clText(one.cl)} % CL`);
        }),
      );
      const chosen = able.find((one) => one.cl === app.state.envelope);
      const refused = app.data.envelopes.filter((one) => one.why);
      clear(
        result,
        h("p", { class: "fp-small" }, "The strongest observed limit of a collaboration at each place. It is no combination: no confidence level belongs to it as a whole."),
        ...refused.map((one) => h("div", { class: "fp-note fp-note--warn" }, h("p", {}, `At ${clText(one.cl)} % CL there is no envelope: ${one.why}`))),
        chosen ? members(chosen) : null,
        chosen?.notes?.length ? h("ul", {}, ...chosen.notes.slice(1).map((text) => h("li", {}, text))) : null,
        chosen?.out?.length ? h("details", {}, h("summary", {}, `Left out: ${chosen.out.length}`), h("ul", {}, ...chosen.out.map((text) => h("li", {}, text)))) : null,
      );
    },
  };
}
