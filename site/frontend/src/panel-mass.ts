// Panel: what every drawn curve says at one value of the first axis.

import type { App } from "./app.ts";
import { COLUMNS } from "./compare.ts";
import { sample } from "./controls.ts";
import { clear, h, inWords, symbol } from "./dom.ts";
import type { Panel } from "./tabs.ts";
import { numberText, readNumber } from "./numbers.ts";
import { clText } from "./state.ts";
import { isUnitError } from "./units.ts";

const HEADS = ["result", "observed", "unconstrained", "median", "CL", "power constraint", "numbers of"];

export function massPanel(app: App): Panel {
  const { rows } = app.data.plane;
  const [xAxis, yAxis] = app.data.plane.axes;
  const input = h("input", { type: "text", id: "fp-at", inputmode: "decimal", size: 12, autocomplete: "off", placeholder: middle() });
  const problem = h("p", { class: "fp-problem", role: "alert" });
  const result = h("div", {});
  const form = h("form", { class: "fp-row" }, h("label", { for: "fp-at" }, symbol(`${xAxis.plain} ${xAxis.symbol}`)), input, h("span", {}, xAxis.label), h("button", { type: "submit", class: "fp-button" }, "Read"));
  let turn = 0;

  function middle(): string {
    const [low, high] = app.data.view[0];
    return numberText(Number((xAxis.log ? Math.sqrt(low * high) : (low + high) / 2).toPrecision(1))).replace(/ × 10.*/, "");
  }

  /** Where the drawn curves say something. */
  function reach(): string {
    const us = app.visible().flatMap((curve) => curve.pieces.flatMap((piece) => [...piece.u]));
    if (!us.length) return "";
    const ends = [us.reduce((a, b) => Math.min(a, b)), us.reduce((a, b) => Math.max(a, b))];
    const [low, high] = ends.map((u) => numberText(xAxis.log ? 10 ** u : u));
    return `They reach from ${low} to ${high}${xAxis.label ? ` ${xAxis.label}` : ""}.`;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });

  /** Take "40", "40 GeV" or "0.04 TeV". */
  function submit(): void {
    const text = input.value.trim() || input.placeholder;
    const match = /^([^A-Za-zµμ]*(?:[eE][-+]?\d+)?[^A-Za-zµμ]*)(.*)$/.exec(text);
    let value = readNumber(match?.[1] ?? text);
    problem.textContent = "";
    try {
      if (match?.[2].trim()) value *= app.units.factor_to(match[2].trim(), xAxis.unit);
    } catch (error) {
      problem.textContent = isUnitError(error) ? `${error.message}.` : "This could not be read.";
      return;
    }
    if (!(value > 0)) {
      problem.textContent = `Write a number, with a unit if it is not ${xAxis.label || "the usual one"}.`;
      return;
    }
    app.change((state) => (state.at = value));
  }

  const cell = (value: number | null, factor: number | null): HTMLTableCellElement =>
    h("td", { class: "fp-num" }, value === null ? "–" : h("data", { value: String(value) }, numberText(value, rows ? 4 : 3)), factor === null ? "" : h("span", { class: "fp-small" }, ` ×${factor < 100 ? factor.toFixed(2) : numberText(factor)}`));

  async function fill(x: number): Promise<void> {
    const mine = ++turn;
    const found = await app.compareAt(x);
    if (mine !== turn) return;
    const said = found.rows.filter((row) => COLUMNS.some((column) => row.values[column] !== null) || row.crossings.length);
    const silent = found.rows.length - said.length;
    const lines = said.map((row) => {
      const curve = app.curves.get(row.id)!.data;
      const notes = [row.note, row.crossings.length ? `edges at ${row.crossings.map((value) => numberText(value)).join(", ")}` : "", curve.open ? "" : "read off the drawing"];
      return h(
        "tr",
        { "data-row": row.id },
        h("th", { scope: "row" }, sample(curve), " ", h("a", { href: app.site + curve.url }, curve.label)),
        cell(row.values.observed, row.factors.observed),
        cell(row.values.unconstrained, row.factors.unconstrained),
        cell(row.values.median, row.factors.median),
        h("td", { class: "fp-num" }, row.cl === null ? "not stated" : `${clText(row.cl)} %`),
        h("td", {}, row.constraint === "not-stated" ? "not stated" : row.constraint),
        h("td", {}, curve.kind, "from" in curve ? h("span", { class: "fp-small" }, ` from ${String(curve.from)}`) : "", notes.some(Boolean) ? h("span", { class: "fp-small" }, `, ${notes.filter(Boolean).join(", ")}`) : ""),
      );
    });
    const head = HEADS.map((text, i) => h("th", { scope: "col", class: i > 0 && i < 5 ? "fp-num" : null }, text));
    for (const line of lines) [...line.children].forEach((cell, i) => i && cell.setAttribute("data-label", HEADS[i]));
    const caption = h("caption", {});
    const model = app.model();
    if (model) caption.append("Inside the model ", symbol(model.title), ". ");
    if (rows) caption.append(symbol(`${xAxis.symbol}${xAxis.label ? ` in ${xAxis.label}` : ""}`));
    else caption.append(symbol(`${yAxis.symbol}${yAxis.label ? ` in ${yAxis.label}` : ""} at ${xAxis.symbol} = ${numberText(x, 5)}${xAxis.label ? ` ${xAxis.label}` : ""}; small numbers are factors to the strongest of the column`));
    clear(
      result,
      said.length ? h("div", { class: "fp-scroll", role: "region", "aria-label": "Values at this place", tabindex: 0 }, h("table", { class: "fp-full fp-stack" }, caption, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...lines))) : h("p", {}, `No drawn curve says anything there. ${reach()}`),
      silent && said.length ? h("p", { class: "fp-small" }, `${silent} further drawn ${silent === 1 ? "curve says" : "curves say"} nothing at this place.`) : null,
      h("p", {}, app.examplesOnly() ? "These are examples of starters; nobody is said to lead." : symbol(inWords(found.reading, app.data.fields))),
    );
  }

  return {
    id: "at",
    title: rows ? "Values" : xAxis.quantity.includes("mass") ? "At my mass" : "At one place",
    node: h("div", {}, rows ? null : form, problem, result),
    update() {
      if (rows) {
        fill(0).catch(() => (problem.textContent = "The numbers could not be loaded."));
        return;
      }
      if (app.state.at === null) {
        clear(result, h("p", { class: "fp-small" }, "Observed, unconstrained and median values of every drawn curve at one place, with level, power constraint and provenance: the numbers of ", h("code", {}, "fairport compare"), "."));
        return;
      }
      if (document.activeElement !== input) input.value = String(Number(app.state.at.toPrecision(6)));
      fill(app.state.at).catch(() => (problem.textContent = "The numbers could not be loaded."));
    },
  };
}
