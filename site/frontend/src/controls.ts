// What stands around the figure: the kinds of curves above it, the buttons and the help below.

import type { App } from "./app.ts";
import { clear, h, svg } from "./dom.ts";
import { DASHES, slot } from "./shapes.ts";
import type { CurveData } from "./types.ts";

/** A short stretch of a curve as it is drawn. */
export function sample(curve: CurveData): SVGSVGElement {
  const dash = DASHES[curve.line ?? ""] ?? null;
  const line = svg("path", { class: "fp-line", "stroke-width": curve.width ?? 1.7, "stroke-dasharray": dash, opacity: curve.opacity ?? 1, d: "M1 6h28" });
  const group = svg("g", { class: slot(curve) }, line);
  const mark = curve.marker === "dot" ? "fp-dot" : curve.marker ? "fp-mark" : null;
  if (mark) group.append(svg("circle", { class: mark, "stroke-width": 1.2, cx: 15, cy: 6, r: 2.6 }));
  return svg("svg", { class: "fp-plot fp-sample", viewBox: "0 0 30 12", "aria-hidden": "true" }, group);
}

/** Buttons that switch kinds of curves; made anew when the kinds change. */
export class KindsBar {
  readonly node = h("div", { class: "fp-chips", role: "group", "aria-label": "Kinds of curves" });
  private readonly app: App;
  private made = "";

  constructor(app: App) {
    this.app = app;
  }

  update(): void {
    const { data, state } = this.app;
    const key = data.curves.map(({ kind }) => kind).join();
    if (key !== this.made) clear(this.node, ...data.kinds.map(([kind, meaning]) => this.chip(kind, meaning)));
    this.made = key;
    for (const button of this.node.children) {
      button.setAttribute("aria-pressed", String(state.kinds.has(button.getAttribute("data-kind")!)));
    }
  }

  private chip(kind: string, meaning: string): HTMLElement {
    const members = this.app.data.curves.filter((curve) => curve.kind === kind);
    const shown = members.find((one) => one.form !== "line") ?? members[0];
    const toggle = (): void =>
      this.app.change((state) => {
        if (!state.kinds.delete(kind)) state.kinds.add(kind);
        for (const curve of members) state.own.delete(curve.id);
      });
    const words = h("span", {}, `${kind} `, h("span", { class: "fp-small" }, String(members.length)));
    return h("button", { type: "button", class: "fp-chip", "data-kind": kind, title: meaning, onclick: toggle }, sample({ ...shown, slot: null }), words);
  }
}

const POINTER = "Drag to move; scroll after a click, or with Ctrl, to zoom. With the keyboard: Tab to a curve, arrows to read along it and to go to the next, + and − to zoom, Enter for its page.";
const TOUCH = "Tap a curve for its value, tap again for its page; two fingers zoom.";

/** Zoom, whole figure, and what can be drawn besides. */
export function toolbar(app: App): HTMLElement {
  const button = (text: string, label: string, act: () => void): HTMLButtonElement => h("button", { type: "button", class: "fp-button", "aria-label": label, title: label, onclick: act }, text);
  const toggle = (text: string, key: "bands" | "guides"): HTMLButtonElement => {
    const node = h("button", { type: "button", class: "fp-button", "data-toggle": key }, text);
    node.addEventListener("click", () => app.change((state) => (state[key] = !state[key])));
    return node;
  };
  const touch = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;
  return h(
    "div",
    { class: "fp-tools" },
    button("+", "Zoom in", () => app.plot.scaleBy(1.6)),
    button("−", "Zoom out", () => app.plot.scaleBy(1 / 1.6)),
    button("Whole figure", "Show the whole figure", () => app.resetView()),
    app.data.curves.some((curve) => curve.b || curve.c) ? toggle("Expected bands", "bands") : null,
    app.data.guides?.length ? toggle("Reference curves", "guides") : null,
    h("p", { class: "fp-small" }, touch ? TOUCH : POINTER),
  );
}
