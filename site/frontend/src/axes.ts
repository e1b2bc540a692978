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

export function axesNodes(place: AxesPlace): Node[] {
  const { axes, ranges, frame, size, px, py } = place;
  const { left, right, top, bottom } = frame;
  const [xAxis, yAxis] = axes;
  const parts: Node[] = [];
  let strokes = `M${left} ${top}H${right}V${bottom}H${left}z`;
  const text = (x: number, y: number, content: string, anchor: string): void => {
    parts.push(svg("text", { x, y, "text-anchor": anchor, "font-size": size * 0.93 }, content));
  };
  const across = (right - left) / (size * 5);
  for (const { value, text: told } of ticks(xAxis, ranges[0], across)) {
    const x = px(toScale(xAxis, value));
    const length = told ? 7 : 4;
    strokes += `M${x.toFixed(1)} ${bottom}v-${length}M${x.toFixed(1)} ${top}v${length}`;
    if (told) text(x, bottom + size * 1.35, told, "middle");
  }
  for (const { value, text: told } of ticks(yAxis, ranges[1], (bottom - top) / (size * 2.4))) {
    const y = py(toScale(yAxis, value));
    const length = told ? 7 : 4;
    strokes += `M${left} ${y.toFixed(1)}h${length}M${right} ${y.toFixed(1)}h-${length}`;
    if (told) text(left - 7, y + size * 0.33, told, "end");
  }
  const title = (axis: Axis): string => axis.symbol + (axis.label ? ` [${axis.label}]` : "");
  const name = (axis: Axis): string => (place.compact ? title(axis) : `${axis.plain} ${title(axis)}`);
  const xTitle = svg("text", { x: (left + right) / 2, y: bottom + size * 3, "text-anchor": "middle", "font-size": size });
  xTitle.append(...symbolSpans(name(xAxis), size));
  const yTitle = svg("text", {
    transform: `translate(${size * 1.05} ${(top + bottom) / 2}) rotate(-90)`,
    "text-anchor": "middle",
    "font-size": size,
  });
  yTitle.append(...symbolSpans(name(yAxis), size));
  parts.push(svg("path", { class: "fp-axis", d: strokes }), xTitle, yTitle);
  return parts;
}
