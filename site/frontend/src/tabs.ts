// The panels below the figure, one at a time, as tabs.

import { clear, h } from "./dom.ts";

export interface Panel {
  id: string;
  title: string;
  node: HTMLElement;
  /** Bring the panel up to date; called when it is open and something changed. */
  update(): void;
}

export class Tabs {
  readonly list = h("div", { class: "fp-tabs", role: "tablist", "aria-label": "Tools" });
  readonly holder = h("div", { class: "fp-panel", id: "fp-panel", role: "tabpanel" });
  panels: Panel[] = [];
  private readonly chosen: (panel: Panel) => void;

  /** `chosen` hears which panel somebody opened. */
  constructor(chosen: (panel: Panel) => void) {
    this.chosen = chosen;
  }

  open(id: string): Panel {
    return this.panels.find((panel) => panel.id === id) ?? this.panels[0];
  }

  /** Show the tabs with one of them open. */
  show(id: string): void {
    const open = this.open(id);
    clear(this.list, ...this.panels.map((panel) => this.tab(panel, panel === open)));
    this.holder.setAttribute("aria-labelledby", `fp-tab-${open.id}`);
    clear(this.holder, open.node);
    open.update();
  }

  private tab(panel: Panel, chosen: boolean): HTMLElement {
    const attributes = { "aria-selected": String(chosen), "aria-controls": "fp-panel", tabindex: chosen ? 0 : -1 };
    const node = h("button", { type: "button", role: "tab", id: `fp-tab-${panel.id}`, ...attributes }, panel.title);
    node.addEventListener("click", () => this.chosen(panel));
    node.addEventListener("keydown", (event) => this.key(event, panel));
    return node;
  }

  private key(event: KeyboardEvent, panel: Panel): void {
    const last = this.panels.length - 1;
    const at = this.panels.indexOf(panel);
    const places: Record<string, number> = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last };
    const next = this.panels[places[event.key]];
    if (!next) return;
    event.preventDefault();
    this.chosen(next);
    document.getElementById(`fp-tab-${next.id}`)?.focus();
  }
}
