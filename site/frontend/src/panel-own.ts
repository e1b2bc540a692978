// Panel: model points or a curve of one's own, pasted or dropped, judged by the drawn curves. They never
// leave the browser, and are not part of the link.

import type { App } from "./app.ts";
import { clear, h, inWords, save, symbol } from "./dom.ts";
import type { ModelPoint } from "./judge.ts";
import type { Panel } from "./tabs.ts";
import { general, numberText } from "./numbers.ts";
import { PointsError, readPoints, type Own } from "./points.ts";
import { beside, readValues } from "./values.ts";

const SHOWN = 200;

/** Results of a plane with one axis that each value is put beside. */
const BESIDE = 12;

/** A name for people: "cross section", but p_ann, whose subscript is part of the symbol. */
const spoken = (name: string): string => (/^\p{L}_/u.test(name) ? name : name.replace(/_/g, " "));

export function ownPanel(app: App): Panel {
  const { plane } = app.data;
  const axes = plane.rows ? plane.axes.slice(0, 1) : plane.axes;
  const header = axes.map((axis) => `${axis.name} [${axis.unit}]`).join(", ");
  const example = `${header}\n…`;
  const text = h("textarea", { id: "fp-own", rows: 7, spellcheck: "false", autocomplete: "off", placeholder: example });
  const file = h("input", { type: "file", id: "fp-own-file", accept: ".csv,.txt,.dat,.tsv,text/*" });
  const units = axes.map((axis, i) => h("input", { type: "text", id: `fp-unit-${i}`, value: axis.unit, size: Math.max(10, axis.unit.length + 1), list: `fp-units-${i}`, autocomplete: "off" }));
  const lists = axes.map((axis, i) => h("datalist", { id: `fp-units-${i}` }, ...axis.units.map((unit) => h("option", { value: unit }))));
  const kinds = [radio("points", "model points", true), radio("curve", "a curve", false)];
  const particle = h("select", { id: "fp-particle" }, h("option", { value: "" }, "as each result assumes"), h("option", { value: "majorana" }, "self-conjugate (Majorana)"), h("option", { value: "dirac" }, "not self-conjugate (Dirac)"));
  const annihilation = axes.at(-1)!.quantity === "annihilation_cross_section";
  const problem = h("p", { class: "fp-problem", role: "alert" });
  const told = h("p", { class: "fp-small", role: "status" });
  const result = h("div", {});
  const form = h(
    "form",
    {},
    h("label", { for: "fp-own" }, plane.rows ? "Paste values, one to a line, each with its unit or all under a first line such as " : "Paste columns, with a first line such as ", h("code", {}, header), plane.rows ? ":" : " or without one:"),
    text,
    h("p", { class: "fp-row" }, h("label", { for: "fp-own-file" }, "or a file"), file, h("span", { class: "fp-small" }, "which can also be dropped here")),
    h("p", { class: "fp-row" }, ...axes.flatMap((axis, i) => [h("label", { for: `fp-unit-${i}` }, symbol(`unit of ${spoken(axis.name)}`)), units[i], lists[i]])),
    plane.rows ? null : h("fieldset", { class: "fp-row" }, h("legend", { class: "fp-hidden" }, "What it is"), h("span", {}, "These are"), ...kinds),
    annihilation ? h("p", { class: "fp-row" }, h("label", { for: "fp-particle" }, "The particle is"), particle) : null,
    h("p", { class: "fp-row" }, h("button", { type: "submit", class: "fp-button fp-button--first" }, "Draw and judge"), clearButton()),
  );
  const node = h("div", { class: "fp-drop" }, h("p", { class: "fp-small" }, "Everything stays in this browser; nothing is sent anywhere, and the link to this view does not hold it."), form, problem, told, result);

  function radio(value: string, label: string, checked: boolean): HTMLElement {
    return h("label", {}, h("input", { type: "radio", name: "fp-own-kind", value, checked }), ` ${label}`);
  }

  function clearButton(): HTMLElement {
    const button = h("button", { type: "button", class: "fp-button" }, "Clear");
    button.addEventListener("click", () => {
      text.value = "";
      file.value = "";
      problem.textContent = told.textContent = "";
      app.setOwn({ points: [], curve: [], verdicts: null, notes: [] });
    });
    return button;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void take();
  });
  file.addEventListener("change", () => void open(file.files?.[0]));
  node.addEventListener("dragover", (event) => {
    event.preventDefault();
    node.classList.add("fp-dropping");
  });
  node.addEventListener("dragleave", () => node.classList.remove("fp-dropping"));
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    node.classList.remove("fp-dropping");
    const dropped = event.dataTransfer;
    if (dropped?.files.length) void open(dropped.files[0]);
    else if (dropped?.getData("text/plain")) {
      text.value = dropped.getData("text/plain");
      void take();
    }
  });

  async function open(chosen: File | undefined): Promise<void> {
    if (!chosen) return;
    if (chosen.size > 5_000_000) {
      problem.textContent = "That file is larger than 5 MB; the command line takes it: fairport exclude.";
      return;
    }
    text.value = await chosen.text();
    await take();
  }

  function read(): Own {
    const given = units.map((unit) => unit.value.trim());
    return plane.rows ? readValues(text.value, axes[0], given[0], app.units) : readPoints(text.value, plane.axes, [given[0], given[1]], app.units);
  }

  async function take(): Promise<void> {
    problem.textContent = told.textContent = "";
    try {
      const own = read();
      await app.numbers();
      const asCurve = form.querySelector<HTMLInputElement>('[name="fp-own-kind"]:checked')?.value === "curve";
      const conjugate = particle.value === "" ? null : particle.value === "majorana";
      told.textContent = `Understood: ${own.understood}.${own.skipped.length ? ` ${own.skipped.length} ${own.skipped.length === 1 ? "line was" : "lines were"} not read (line ${own.skipped[0][0]}: ${own.skipped[0][1]}).` : ""}`;
      app.setOwn(asCurve ? { curve: own.points, points: [], verdicts: null, notes: [], conjugate } : { points: own.points, curve: [], notes: [], conjugate });
    } catch (error) {
      problem.textContent = error instanceof PointsError ? error.message : "The numbers of the curves could not be loaded.";
    }
  }

  function verdicts(): HTMLElement[] {
    const { points, verdicts: found, notes } = app.own;
    if (!found || found.length !== points.length) return [];
    const counts = new Map<string, number>();
    for (const one of found) counts.set(one.status, (counts.get(one.status) ?? 0) + 1);
    const summary = [...counts].map(([status, count]) => `${count} ${status}`).join(", ");
    const rows = points.slice(0, SHOWN).map((point, i) => {
      const one = found[i];
      const by = one.by && app.curves.get(one.by);
      const more = one.others.length ? ` and ${one.others.length} more` : "";
      return h(
        "tr",
        { "data-status": one.status },
        h("th", { scope: "row", class: "fp-num" }, h("span", { class: "fp-phone" }, "Row "), String(point.row)),
        plane.rows ? null : h("td", { class: "fp-num" }, numberText(point.x, 4)),
        h("td", { class: "fp-num" }, numberText(point.y, 4)),
        h("td", {}, h("span", { class: `fp-verdict fp-verdict--${one.status.replace(" ", "-")}` }, one.status)),
        h("td", { class: "fp-num" }, one.margin === null ? "–" : h("data", { value: String(one.margin) }, numberText(one.margin))),
        h("td", {}, by ? h("a", { href: app.site + by.data.url }, by.data.label) : "–", more, one.reason ? h("span", { class: "fp-small" }, ` ${inWords(one.reason, app.data.fields)}`) : ""),
        plane.rows ? h("td", {}, ...each(point)) : null,
      );
    });
    const heads = ["row", ...axes.map((axis) => `${spoken(axis.name)}${axis.label ? ` [${axis.label}]` : ""}`), "verdict", "margin", "by", ...(plane.rows ? ["beside each result"] : [])];
    const head = heads.map((name, i) => h("th", { scope: "col", class: i <= axes.length || name === "margin" ? "fp-num" : null }, symbol(name)));
    for (const row of rows) [...row.children].forEach((cell, i) => i && cell.setAttribute("data-label", heads[i]));
    const button = h("button", { type: "button", class: "fp-button" }, "Save the verdicts as CSV");
    button.addEventListener("click", () => save(`${plane.id}-verdicts.csv`, new Blob([table()], { type: "text/csv;charset=utf-8" })));
    return [
      h("p", { role: "status" }, h("strong", {}, summary), ". Margin: value over limit, above 1 is excluded. Judged by the drawn " + (plane.rows ? "results" : "curves") + ", as ", h("code", {}, "fairport exclude"), " does."),
      h("div", { class: "fp-scroll", role: "region", "aria-label": "Verdicts", tabindex: 0 }, h("table", { class: "fp-full fp-stack" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows))),
      ...(points.length > SHOWN ? [h("p", { class: "fp-small" }, `The first ${SHOWN} of ${points.length} are shown.`)] : []),
      h("p", { class: "fp-row" }, button),
      ...(notes.length ? [h("details", {}, h("summary", {}, `${notes.length} drawn ${notes.length === 1 ? "curve was" : "curves were"} not used`), h("ul", {}, ...notes.map((note) => h("li", {}, inWords(note, app.data.fields)))))] : []),
    ];
  }

  /** Where a value lies beside each drawn result of a plane with one axis. */
  function each(point: ModelPoint): HTMLElement[] {
    const all = app.visible();
    const lines = all.slice(0, BESIDE).map(({ data }) => {
      const seen = app.seen(point, data.id);
      return h("div", {}, seen ? beside(seen.value, data.label, seen.exact) : data.label);
    });
    return all.length > BESIDE ? [...lines, h("div", { class: "fp-small" }, `and ${all.length - BESIDE} more`)] : lines;
  }

  /** The same columns as `fairport exclude --format csv`. */
  function table(): string {
    const quote = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
    const lines = [["row", ...axes.map((axis) => `${axis.name} [${axis.unit}]`), "fraction", "status", "by", "margin", "reason"].join(",")];
    app.own.points.forEach((point, i) => {
      const one = app.own.verdicts![i];
      lines.push([String(point.row), ...(plane.rows ? [] : [String(point.x)]), String(point.y), general(point.fraction, 12), one.status, one.by ?? "", one.margin === null ? "" : String(one.margin), one.reason].map(quote).join(","));
    });
    return `${lines.join("\n")}\n`;
  }

  return {
    id: "own",
    title: plane.rows ? "My values" : "My points or curve",
    node,
    update() {
      const drawn = app.own.curve.length ? [h("p", {}, `Your curve is drawn through ${app.own.curve.length} points.`)] : [];
      const waiting = app.own.points.length && !app.own.verdicts ? [h("p", { role: "status" }, `Judging ${app.own.points.length} points …`)] : [];
      clear(result, ...drawn, ...waiting, ...verdicts());
    },
  };
}
