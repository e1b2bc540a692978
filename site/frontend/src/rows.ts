// The figure of a plane with one axis: each result is a row with its value, interval or limit.

import { select } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior, type ZoomTransform } from "d3-zoom";
import { titleNode, tickNodes } from "./axes.ts";
import { clear, svg } from "./dom.ts";
import type { Figure, Hit, Look, Mark } from "./look.ts";
import { fromScale, toScale } from "./scale.ts";
import { MARKS, slot, type Curve, type Frame } from "./shapes.ts";
import { keepTouches } from "./touch.ts";
import type { Axis, CurveData, PlaneData, Range } from "./types.ts";

const ROW = 46;

/** Values of one's own that are drawn; more cannot be told apart. */
const MARKED = 500;

export class Rows implements Figure {
  readonly node: SVGSVGElement;
  width = 960;
  height = 300;
  onView: (x: Range, y: Range, done: boolean) => void = () => {};
  onHit: (hit: Hit | null, how: "pointer" | "keyboard") => void = () => {};
  private readonly axis: Axis;
  private readonly zoomer: ZoomBehavior<SVGSVGElement, unknown>;
  private readonly axes = svg("g");
  private readonly rows = svg("g", { class: "fp-curves" });
  private readonly marks = svg("g", { class: "fp-marks" });
  private readonly desc = svg("desc", { id: "fp-live-desc" });
  private readonly address: (curve: CurveData) => string;
  private transform: ZoomTransform = zoomIdentity;
  private base: Range;
  private look: Look | null = null;
  private frame: Frame = { left: 12, right: 0, top: 10, bottom: 0 };

  constructor(data: PlaneData, root: string) {
    [this.axis] = data.plane.axes;
    this.address = (curve) => root + curve.url;
    this.base = this.scaled(data.view[0]);
    const title = svg("title", { id: "fp-live-title" }, data.plane.title);
    this.node = svg("svg", { class: "fp-plot fp-live", role: "group", "aria-labelledby": "fp-live-title fp-live-desc" }, title, this.desc, this.axes, this.rows, this.marks);
    this.zoomer = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.3, 150])
      .filter((event: Event) => this.admits(event))
      .on("zoom", (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
        this.transform = event.transform;
        this.draw();
        this.onView(this.range(), [0, 1], false);
      })
      .on("end", () => this.onView(this.range(), [0, 1], true));
    select(this.node).call(this.zoomer).on("dblclick.zoom", null);
    keepTouches(this.node);
    this.node.addEventListener("pointerdown", () => this.node.classList.add("fp-active"));
    this.node.addEventListener("pointermove", (event) => this.point(event));
    this.node.addEventListener("pointerleave", () => {
      this.node.classList.remove("fp-active");
      this.onHit(null, "pointer");
    });
    this.node.addEventListener("dragstart", (event) => event.preventDefault());
    this.rows.addEventListener("keydown", (event) => this.key(event));
    this.rows.addEventListener("focusin", (event) => this.focusin(event));
    this.rows.addEventListener("focusout", () => this.onHit(null, "keyboard"));
    this.rows.setAttribute("tabindex", "-1"); // as in KeyReader
  }

  show(look: Look): void {
    this.look = look;
    this.resize(this.width);
  }

  resize(width: number): void {
    this.width = Math.max(width, 260);
    this.frame = { left: 12, right: this.width - 12, top: 10, bottom: 20 + ROW * Math.max(this.shown().length, 1) };
    this.height = this.frame.bottom + 58;
    this.node.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.zoomer.extent([[this.frame.left, 0], [this.frame.right, this.height]]);
    this.draw();
  }

  view(x: Range): void {
    this.base = this.scaled(x);
    this.transform = zoomIdentity;
    select(this.node).property("__zoom", zoomIdentity);
    this.draw();
  }

  scaleBy(factor: number): void {
    select(this.node).call(this.zoomer.scaleBy, factor);
  }

  /** One finger scrolls the page, two zoom the figure. */
  private admits(event: Event): boolean {
    if (event.type.startsWith("touch")) return (event as TouchEvent).touches.length > 1;
    return event.type !== "wheel" || (event as WheelEvent).ctrlKey || this.node.classList.contains("fp-active");
  }

  focusCurve(id: string | null): void {
    const node = id === null ? null : this.rows.querySelector<SVGElement>(`[data-id="${CSS.escape(id)}"]`);
    (node ?? this.rows.querySelector<SVGElement>('[tabindex="0"]'))?.focus();
  }

  shapes<T>(act: (node: SVGSVGElement) => T): T {
    return act(this.node);
  }

  private shown(): Curve[] {
    return (this.look?.visible ?? []).filter((curve) => curve.data.point);
  }

  private scaled(range: Range): Range {
    return [toScale(this.axis, range[0]), toScale(this.axis, range[1])];
  }

  private range(): Range {
    const at = (px: number): number => fromScale(this.axis, this.base[0] + ((this.transform.invertX(px) - this.frame.left) / (this.frame.right - this.frame.left)) * (this.base[1] - this.base[0]));
    return [at(this.frame.left), at(this.frame.right)];
  }

  /** Pixels of a value, kept inside the frame. */
  private px(value: number): number {
    const { left, right } = this.frame;
    const u = value > 0 || !this.axis.log ? toScale(this.axis, value) : -Infinity;
    const x = this.transform.applyX(left + ((u - this.base[0]) / (this.base[1] - this.base[0])) * (right - left));
    return Math.min(Math.max(x, left), right);
  }

  private draw(): void {
    if (!this.look || !this.frame.right) return;
    const size = this.width < 600 ? 12 : 14;
    const { left, right, top, bottom } = this.frame;
    const place = { axis: this.axis, range: this.range(), frame: this.frame, size, px: (value: number) => this.px(value) };
    clear(this.axes, svg("path", { class: "fp-axis", d: `M${left} ${top}H${right}V${bottom}H${left}z` }), ...tickNodes(place), titleNode(this.axis, (left + right) / 2, bottom + size * 3, size, this.width < 600));
    const focused = document.activeElement?.getAttribute("data-id");
    const shown = this.shown();
    clear(this.rows, ...shown.map((curve, i) => this.row(curve.data, top + ROW * (i + 0.5) + 6, size, i === 0)));
    clear(this.marks, ...this.look.marks.slice(0, MARKED).flatMap((mark) => this.mark(mark)));
    if (focused && this.rows.querySelector(`[data-id="${CSS.escape(focused)}"]`)) this.focusCurve(focused);
    this.desc.textContent = `${shown.length} ${shown.length === 1 ? "result" : "results"}: ${shown.slice(0, 12).map((curve) => curve.data.label).join("; ")}`;
  }

  /** A value of one's own, through all rows. */
  private mark({ y, status, title }: Mark): Node[] {
    const { left, right, top, bottom } = this.frame;
    const x = this.px(y);
    if (!Number.isFinite(x) || x <= left || x >= right) return [];
    const at = `translate(${x.toFixed(1)} ${bottom})`;
    return [svg("path", { class: "fp-here", d: `M${x} ${top}V${bottom}` }), svg("path", { class: `fp-mark-${status.replace(" ", "-")}`, d: MARKS[status], transform: at }, svg("title", {}, title))];
  }

  private row(data: CurveData, y: number, size: number, first: boolean): SVGAElement {
    const [value, , minus, plus] = data.point!;
    const x = this.px(value);
    const node = svg("a", { class: `fp-curve ${slot(data)} fp-${data.kind}`, href: this.address(data), tabindex: first ? 0 : -1, "data-id": data.id, "aria-label": data.tip });
    const { left, right } = this.frame;
    node.append(svg("rect", { class: "fp-hit", x: left, y: y - ROW / 2, width: right - left, height: ROW }));
    if (data.side === "above" || data.side === "below") {
      const end = data.side === "above" ? right : left;
      node.append(svg("path", { class: "fp-fill", opacity: 0.14, d: `M${x} ${y - 2}H${end}v14H${x}z` }), svg("path", { class: "fp-line", "stroke-width": 2.2, d: `M${x} ${y - 4}v18` }));
    } else {
      const [low, high] = [this.px(value - (minus ?? 0)), this.px(value + (plus ?? 0))];
      node.append(svg("path", { class: "fp-line", "stroke-width": 1.8, d: `M${low} ${y + 5}H${high}M${low} ${y + 1}v8M${high} ${y + 1}v8` }), svg("circle", { class: data.marker === "ring" ? "fp-mark" : "fp-dot", cx: x, cy: y + 5, r: 4.2 }));
    }
    const middle = Math.min(Math.max(x, left + 6), right - 6);
    const anchor = middle < left + (right - left) / 3 ? "start" : middle > right - (right - left) / 3 ? "end" : "middle";
    node.append(svg("text", { class: "fp-label fp-name", x: middle, y: y - 7, "text-anchor": anchor, "font-size": size * 0.93 }, data.label));
    return node;
  }

  private hit(id: string): Hit | null {
    const at = this.shown().findIndex((curve) => curve.data.id === id);
    const point = this.shown()[at]?.data.point;
    return point ? { id, x: point[0], y: 0, px: this.px(point[0]), py: this.frame.top + ROW * (at + 0.5) } : null;
  }

  private point(event: PointerEvent): void {
    const id = (event.target as Element).closest("[data-id]")?.getAttribute("data-id");
    this.onHit(id ? this.hit(id) : null, "pointer");
  }

  private focusin(event: FocusEvent): void {
    const node = (event.target as Element).closest("[data-id]");
    if (!node) return;
    for (const other of this.rows.children) other.setAttribute("tabindex", other === node ? "0" : "-1");
    this.onHit(this.hit(node.getAttribute("data-id")!), "keyboard");
  }

  private key(event: KeyboardEvent): void {
    const all = [...this.rows.children] as SVGElement[];
    const at = all.indexOf(document.activeElement as SVGElement);
    const places: Record<string, number> = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 };
    const zooms: Record<string, number> = { "+": 1.5, "=": 1.5, "-": 1 / 1.5 };
    if (event.key in zooms) this.scaleBy(zooms[event.key]);
    else if (event.key in places) all[(places[event.key] + all.length) % all.length]?.focus();
    else return;
    event.preventDefault();
  }
}
