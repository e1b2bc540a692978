// What leaves the page as files: the selection as CSV, JSON and BibTeX, the figure as SVG and PNG.

import type { CurveData, Exact, ExactData, PlaneData } from "./types.ts";

function stretches(exact: Exact): [number[], number[]][] {
  if (exact.shape === "region" || exact.shape === "line") return exact.pieces ?? [];
  if (exact.shape !== "function" || !exact.x || !exact.y) return [];
  const found: [number[], number[]][] = [];
  let open = false;
  exact.x.forEach((x, i) => {
    const y = exact.y![i];
    if (y === null) open = false;
    else {
      if (!open) found.push([[], []]);
      open = true;
      found[found.length - 1][0].push(x);
      found[found.length - 1][1].push(y);
    }
  });
  return found;
}

function cell(text: string): string {
  const plain = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
}

/** Values of a plane with one axis. */
function valueRows(data: PlaneData, curves: CurveData[], exact: ExactData): string {
  const [axis] = data.plane.axes;
  const name = axis.unit ? `${axis.name} [${axis.unit}]` : axis.name;
  const rows = [["result", "experiment", "kind", "cl", name, "minus", "plus", "excluded", "licence", "cite"].map(cell).join(",")];
  for (const curve of curves.filter((one) => one.open && exact[one.id]?.value !== undefined)) {
    const { value, minus, plus } = exact[curve.id];
    const side = curve.side === "above" || curve.side === "below" ? curve.side : "";
    rows.push([curve.id, curve.family, curve.kind, String(curve.cl ?? ""), value, minus ?? "", plus ?? "", side].map((one) => (typeof one === "string" ? cell(one) : one)).concat(credits(curve)).join(","));
  }
  return `${rows.join("\n")}\n`;
}

/** Licence and sources of a curve, as cells. */
function credits(curve: CurveData): string[] {
  return [curve.licence, curve.cite.map(([text, link]) => link ?? text).join(" ")].map(cell);
}

/** The points in canonical units in long form, as the table of the whole plane has them, with licence and
 * sources behind. */
export function csv(data: PlaneData, curves: CurveData[], exact: ExactData): string {
  if (data.plane.rows) return valueRows(data, curves, exact);
  const axes = data.plane.axes.map((axis) => (axis.unit ? `${axis.name} [${axis.unit}]` : axis.name));
  const rows = [["result", "experiment", "kind", "cl", "piece", ...axes, "licence", "cite"].map(cell).join(",")];
  for (const curve of curves.filter((one) => one.open)) {
    const head = [curve.id, curve.kind === "example" ? "" : curve.family, curve.kind, curve.cl === null ? "" : String(curve.cl)].map(cell);
    const credit = credits(curve);
    stretches(exact[curve.id]).forEach(([xs, ys], piece) => {
      xs.forEach((x, i) => rows.push([...head, piece, x, ys[i], ...credit].join(",")));
    });
  }
  return `${rows.join("\n")}\n`;
}

export function json(data: PlaneData, curves: CurveData[], exact: ExactData, address: string, harvested: string): string {
  const results = curves.map((curve) => ({
    id: curve.id,
    title: curve.title,
    kind: curve.kind,
    cl: curve.cl,
    licence: curve.licence,
    cite: curve.cite.map(([text, link]) => link ?? text),
    ...(curve.open && exact[curve.id]?.value !== undefined ? { value: exact[curve.id].value, minus: exact[curve.id].minus, plus: exact[curve.id].plus, excluded: curve.side } : {}),
    ...(curve.open && !data.plane.rows ? { pieces: stretches(exact[curve.id]).map(([xs, ys]) => xs.map((x, i) => [x, ys[i]])) } : {}),
  }));
  const axes = data.plane.axes.slice(0, data.plane.rows ? 1 : 2).map(({ name, quantity, unit }) => ({ name, quantity, unit }));
  const { id, title } = data.plane;
  return `${JSON.stringify({ plane: id, title, axes, source: address, harvested, results }, null, 2)}\n`;
}

/** BibTeX of the sources of the selection, each source once. */
export function bibtex(curves: CurveData[], exact: ExactData): string {
  const entries = new Map<string, string>();
  for (const curve of curves) {
    for (const entry of exact[curve.id]?.bib ?? []) {
      const doi = /^ {4}doi = \{(.*)\},$/m.exec(entry)?.[1].toLowerCase();
      const arxiv = /^ {4}eprint = \{(.*)\},$/m.exec(entry)?.[1].replace(/v\d+$/, "");
      const key = doi ?? arxiv ?? entry.split(",", 1)[0];
      if (!entries.has(key)) entries.set(key, entry);
    }
  }
  return [...entries.values()].join("\n");
}

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity", "font-family", "font-size", "font-style", "paint-order", "text-anchor"];

/** The figure as a file of its own, with its sources and licences below it, in the colours of the page. */
export function figure(node: SVGSVGElement, width: number, height: number, lines: string[]): string {
  const copy = node.cloneNode(true) as SVGSVGElement;
  const live = node.querySelectorAll<SVGElement>("*");
  copy.querySelectorAll<SVGElement>("*").forEach((element, i) => {
    if (!/^(path|circle|text|tspan|g|rect)$/.test(element.localName)) return;
    const style = getComputedStyle(live[i]);
    for (const name of STYLES) {
      const value = style.getPropertyValue(name);
      if (value && !(name === "opacity" && value === "1")) element.setAttribute(name, value);
    }
  });
  copy.querySelector(".fp-hover")?.remove();
  copy.querySelectorAll("a").forEach((link) => {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
    group.append(...link.childNodes);
    link.replaceWith(group);
  });
  for (const name of ["class", "role", "aria-labelledby", "tabindex"]) copy.removeAttribute(name);
  const page = getComputedStyle(document.body);
  const foot = 15 * lines.length + 10;
  copy.setAttribute("viewBox", `0 0 ${width} ${height + foot}`);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height + foot));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: page.backgroundColor })) ground.setAttribute(name, value);
  copy.prepend(ground);
  lines.forEach((line, i) => {
    const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
    const place = { x: 12, y: height + 14 + 15 * i, "font-size": 11, fill: page.color, "font-family": page.fontFamily };
    for (const [name, value] of Object.entries(place)) text.setAttribute(name, String(value));
    text.textContent = line;
    copy.append(text);
  });
  return new XMLSerializer().serializeToString(copy);
}

/** The same as a picture with twice the pixels. */
export function picture(text: string, width: number, height: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener("error", () => reject(new Error("the figure could not be made a picture")));
    image.addEventListener("load", () => {
      const canvas = document.createElement("canvas");
      canvas.width = width * 2;
      canvas.height = height * 2;
      canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is empty"))), "image/png");
    });
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
}
