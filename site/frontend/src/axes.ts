// The axes of the figure: frame, ticks, titles.

import { svg, symbolSpans } from "./dom.ts";
import { ticks, toScale } from "./scale.ts";
import type { Frame } from "./shapes.ts";
import type { Axis, Range } from "./types.ts";

export interface AxesPlace {
  axes: [Axis, Axis];
  /** Shown ranges in canonical units. */
  ranges: [Range, Range];
  frame: Frame;
  /** Size of the type. */
  size: number;
  compact: boolean;
  /** From the scale of an axis to pixels. */
  px: (u: number) => number;
  py: (v: number) => number;
}

const SUPERSCRIPT = /[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+/;
const PLAIN: Record<string, string> = { "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9", "⁻": "−", "⁺": "+" };

/** Text of a tick, its power set as a superscript in the face of the other digits. */
function tickText(content: string, attributes: Record<string, string | number>, size: number): SVGTextElement {
  const node = svg("text", { ...attributes, "font-size": size });
  const power = SUPERSCRIPT.exec(content);
  if (!power) {
    node.append(content);
    return node;
  }
  node.append(content.slice(0, power.index), svg("tspan", { dy: -size * 0.38, "font-size": size * 0.74 }, [...power[0]].map((c) => PLAIN[c]).join("")));
  return node;
}

/** Strokes and texts of a horizontal axis. */
export function tickNodes(place: { axis: Axis; range: Range; frame: Frame; size: number; px: (value: number) => number }): Node[] {
  const { axis, range, frame, size } = place;
  const parts: Node[] = [];
  let strokes = "";
  for (const { value, text } of ticks(axis, range, (frame.right - frame.left) / (size * 5))) {
    const x = place.px(value);
    const length = text ? 7 : 4;
    strokes += `M${x.toFixed(1)} ${frame.bottom}v-${length}M${x.toFixed(1)} ${frame.top}v${length}`;
    if (text) parts.push(tickText(text, { x, y: frame.bottom + size * 1.35, "text-anchor": x > frame.right - size ? "end" : "middle" }, size * 0.93));
  }
  return [svg("path", { class: "fp-axis", d: strokes }), ...parts];
}

function verticalTicks(place: AxesPlace): Node[] {
  const { axes, ranges, frame, size } = place;
  const parts: Node[] = [];
  let strokes = "";
  for (const { value, text } of ticks(axes[1], ranges[1], (frame.bottom - frame.top) / (size * 2.4))) {
    const y = place.py(toScale(axes[1], value));
    const length = text ? 7 : 4;
    strokes += `M${frame.left} ${y.toFixed(1)}h${length}M${frame.right} ${y.toFixed(1)}h-${length}`;
    if (text) parts.push(tickText(text, { x: frame.left - 7, y: y + size * 0.33, "text-anchor": "end" }, size * 0.93));
  }
  return [svg("path", { class: "fp-axis", d: strokes }), ...parts];
}

/** What an axis shows: in words with a capital, its symbol and its unit. */
function titleText(axis: Axis, compact: boolean): string {
  const symbol = axis.symbol + (axis.label ? ` [${axis.label}]` : "");
  return compact && symbol ? symbol : `${axis.plain.slice(0, 1).toUpperCase()}${axis.plain.slice(1)} ${symbol}`.trim();
}

export function titleNode(axis: Axis, x: number, y: number, size: number, compact: boolean): SVGTextElement {
  const node = svg("text", { class: "fp-title", x, y, "text-anchor": "middle", "font-size": size });
  node.append(...symbolSpans(titleText(axis, compact), size));
  return node;
}

export function axesNodes(place: AxesPlace): Node[] {
  const { axes, ranges, frame, size, compact } = place;
  const { left, right, top, bottom } = frame;
  const across = tickNodes({ axis: axes[0], range: ranges[0], frame, size, px: (value) => place.px(toScale(axes[0], value)) });
  const title = titleNode(axes[1], 0, 0, size, compact);
  title.setAttribute("transform", `translate(${size * 1.05} ${(top + bottom) / 2}) rotate(-90)`);
  return [
    svg("path", { class: "fp-axis", d: `M${left} ${top}H${right}V${bottom}H${left}z` }),
    ...across,
    ...verticalTicks(place),
    titleNode(axes[0], (left + right) / 2, bottom + size * 3, size, compact),
    title,
  ];
}
