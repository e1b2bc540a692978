// Which panels a plane has.

import type { App } from "./app.ts";
import { fairport, load, type Tools } from "./bundle.ts";
import { clear, h } from "./dom.ts";
import { assumptionsPanel } from "./panel-assumptions.ts";
import { curvesPanel } from "./panel-curves.ts";
import { envelopePanel } from "./panel-envelope.ts";
import { massPanel } from "./panel-mass.ts";
import type { Panel } from "./tabs.ts";

/** The panels in their order; those that hold what somebody typed are kept. */
export function panelsOf(app: App, before: Panel[] = []): Panel[] {
  const kept = (id: string, make: () => Panel): Panel => before.find((panel) => panel.id === id) ?? make();
  const rows = app.data.plane.rows;
  const some: (Panel | null)[] = [
    curvesPanel(app),
    kept("at", () => massPanel(app)),
    app.data.models?.length ? kept("models", () => later(app, "models", "Other planes")) : null,
    kept("assumptions", () => assumptionsPanel(app)),
    kept("own", () => later(app, "own", rows ? "My values" : "My points or curve")),
    !rows && app.levels().length ? kept("envelope", () => envelopePanel(app)) : null,
    kept("save", () => later(app, "save", "Save and cite")),
  ];
  return some.filter((panel) => panel !== null);
}

/** A panel whose script is loaded when it is opened. */
function later(app: App, id: keyof Tools, title: string): Panel {
  const node = h("div", {});
  let made: Panel | null = null;
  const show = async (): Promise<void> => {
    await load(`${app.site}assets/fp-tools.js`);
    const tools = fairport().tools;
    if (!tools) throw new Error("the panel could not be read");
    made ??= tools[id](app);
    if (!made.node.isConnected) clear(node, made.node);
    made.update();
  };
  return {
    id,
    title,
    node,
    update() {
      if (made) made.update();
      else show().catch(() => clear(node, h("p", { class: "fp-problem" }, "This panel could not be loaded.")));
    },
  };
}
