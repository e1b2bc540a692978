// Panel: files of the selection, a link that brings this very view back, and how to cite it.

import type { App } from "./app.ts";
import { clear, copyButton, download, h, save } from "./dom.ts";
import * as files from "./exports.ts";
import type { Panel } from "./tabs.ts";

export function savePanel(app: App): Panel {
  const { id } = app.data.plane;
  const problem = h("p", { class: "fp-problem", role: "alert" });
  const note = h("p", { class: "fp-small" });
  const link = h("input", { type: "text", id: "fp-link", readonly: true });
  const cite = h("pre", { class: "fp-code", tabindex: 0, "aria-label": "How to cite this view" });

  const sources = (): string[] => {
    const shown = app.visible();
    const cited = [...new Set(shown.flatMap((curve) => curve.data.cite.slice(0, 1).map(([text]) => text)))];
    const licences = [...new Set(shown.map((curve) => curve.data.licence))].sort();
    const lines = cited.length ? [`Sources: ${cited.slice(0, 14).join(", ")}${cited.length > 14 ? ` and ${cited.length - 14} more` : ""}.`] : [];
    return app.citation([...lines, `Numbers under: ${licences.join(", ")}.`]);
  };
  const wrapped = (): string[] => sources().flatMap((line) => line.match(/.{1,150}(?:\s|$)/g) ?? [line]);
  const drawing = (): string => app.plot.shapes((node) => files.figure(node, app.plot.width, app.plot.height, wrapped()));

  const acts: Record<string, () => Promise<void> | void> = {
    CSV: async () => {
      const { exact } = await app.numbers();
      download(`${id}-selection.csv`, "text/csv", files.csv(app.data, chosen(), exact));
    },
    JSON: async () => {
      const { exact } = await app.numbers();
      download(`${id}-selection.json`, "application/json", files.json(app.data, chosen(), exact, app.link(), app.catalogue.harvested));
    },
    SVG: () => download(`${id}-selection.svg`, "image/svg+xml", drawing()),
    PNG: async () => save(`${id}-selection.png`, await files.picture(drawing(), app.plot.width, app.plot.height + 15 * wrapped().length + 10)),
    BibTeX: async () => {
      const { exact } = await app.numbers();
      download(`${id}-selection.bib`, "application/x-bibtex", files.bibtex(chosen(), exact));
    },
  };

  function chosen(): ReturnType<App["visible"]>[number]["data"][] {
    return app.visible().map((curve) => curve.data);
  }

  const buttons = Object.entries(acts).map(([name, act]) =>
    h("button", { type: "button", class: "fp-button", "data-save": name, onclick: () => {
      problem.textContent = "";
      Promise.resolve().then(act).catch((error: Error) => (problem.textContent = `This could not be saved: ${error.message}.`));
    } }, name),
  );
  return {
    id: "save",
    title: "Save and cite",
    node: h(
      "div",
      {},
      h("p", { class: "fp-row" }, h("span", {}, "The drawn curves as"), ...buttons),
      problem,
      note,
      h("p", { class: "fp-row" }, h("label", { for: "fp-link" }, "Link to this view"), link, copyButton("Copy", () => link.value)),
      cite,
      h("p", {}, copyButton("Copy the citation", () => cite.textContent ?? "")),
    ),
    update() {
      const closed = app.visible().filter((curve) => !curve.data.open).length;
      note.textContent = closed ? `${closed} of the drawn curves may not be passed on by their licence: they are in the figures and in BibTeX, not in CSV and JSON.` : "";
      link.value = app.link();
      clear(cite, h("code", {}, [...sources(), app.link()].join("\n")));
    },
  };
}
