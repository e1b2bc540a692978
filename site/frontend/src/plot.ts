// The figure of a plane with two axes: what is drawn, zoom and pan, the nearest curve under the pointer.

import { select, type Selection } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior } from "d3-zoom";
import { labelNodes, markNodes, overNodes, Ruler } from "./annotations.ts";
import { axesNodes } from "./axes.ts";
import { Crowd, CROWDED } from "./crowd.ts";
import { decodeCurve } from "./decode.ts";
import { clear, svg } from "./dom.ts";
import { anchorNode, curveNode, excludedSide, fillNodes, guideNodes, type Canvas, type Guide } from "./drawing.ts";
import type { Figure, Hit, Look } from "./look.ts";
import { nearest } from "./nearest.ts";
import { KeyReader } from "./reader.ts";
import { path, slot, type Projected } from "./shapes.ts";
import { keepTouches } from "./touch.ts";
import type { Axis, CurveData, PlaneData, Range } from "./types.ts";
import { Viewport } from "./viewport.ts";

const LABELLED = 60;
const REACH = 22;

export class Plot implements Figure {
  readonly node: SVGSVGElement;
  /** What lies behind the figure. */
  readonly behind: HTMLElement;
  width = 960;
  height = 600;
  private readonly axes: [Axis, Axis];
  private readonly zoomer: ZoomBehavior<SVGSVGElement, unknown>;
  private readonly root: Selection<SVGSVGElement, unknown, null, undefined>;
  private readonly parts: Record<"grid" | "guides" | "fills" | "curves" | "over" | "labels" | "marks" | "hover", SVGGElement>;
  private readonly clip: SVGRectElement;
  private readonly guides: Guide[];
  private readonly address: (curve: CurveData) => string;
  private readonly port: Viewport;
  private size = 14;
  private look: Look = { visible: [], bands: false, guides: true, model: null, envelope: [], at: null, pinned: [], marks: [], own: [] };
  private projected: Projected[] = [];
  private pending = 0;
  private readonly keys: KeyReader;
  /** Whether the pointer is in the figure: the curve under it then keeps its link. */
  private pointed = false;
  private readonly crowd = new Crowd();
  /** Curves on the canvas that have their links in the figure. */
  private anchored = "";
  private moving = false;
  private exporting = false;
  private readonly ruler = new Ruler();

  onView: (x: Range, y: Range, done: boolean) => void = () => {};
  onHit: (hit: Hit | null, how: "pointer" | "keyboard") => void = () => {};

  constructor(data: PlaneData, root: string) {
    this.axes = data.plane.axes;
    this.port = new Viewport(this.axes, data.view);
    this.guides = (data.guides ?? []).map((guide) => ({ ...guide, pieces: guide.d.map((text) => decodeCurve(text, this.axes)) }));
    this.address = (curve) => root + curve.url;
    const group = (name: string): SVGGElement => svg("g", { class: `fp-${name}` });
    this.parts = {
      grid: group("grid"),
      guides: group("guides"),
      fills: group("fills"),
      curves: group("curves"),
      over: group("over"),
      labels: group("labels"),
      marks: group("marks"),
      hover: group("hover"),
    };
    this.parts.labels.setAttribute("aria-hidden", "true");
    this.parts.hover.setAttribute("aria-hidden", "true");
    this.clip = svg("rect");
    const { guides, fills, curves, over, marks, hover } = this.parts;
    const clipped = (...parts: SVGGElement[]): SVGGElement => svg("g", { "clip-path": "url(#fp-live-clip)" }, ...parts);
    this.node = svg(
      "svg",
      { class: "fp-plot fp-live", role: "group", "aria-labelledby": "fp-live-title fp-live-desc" },
      svg("title", { id: "fp-live-title" }, data.plane.title),
      svg("desc", { id: "fp-live-desc" }),
      svg("defs", {}, svg("clipPath", { id: "fp-live-clip" }, this.clip)),
      this.parts.grid,
      clipped(guides, fills, curves, over, hover),
      this.parts.labels,
      clipped(marks),
    );
    this.behind = this.crowd.node;
    const again = (): void => this.schedule();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.root = select(this.node);
    this.zoomer = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.3, 150])
      .filter((event: Event) => this.admits(event))
      .on("start", () => (this.moving = true))
      .on("zoom", (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
        this.port.transform = event.transform;
        this.schedule();
        this.onView(this.port.range(0), this.port.range(1), false);
      })
      .on("end", () => {
        this.moving = false;
        if (this.look.visible.length >= CROWDED) this.schedule();
        this.onView(this.port.range(0), this.port.range(1), true);
      });
    this.root.call(this.zoomer).on("dblclick.zoom", null);
    keepTouches(this.node);
    this.node.addEventListener("pointermove", (event) => this.point(event));
    this.node.addEventListener("pointerdown", (event) => this.point(event));
    this.node.addEventListener("pointerleave", () => this.leave());
    this.node.addEventListener("dragstart", (event) => event.preventDefault());
    this.keys = new KeyReader({
      curves: this.parts.curves,
      frame: () => this.port.frame,
      drawn: () => this.projected,
      anchor: (id) => this.anchor(id),
      hit: (id, px, py) => this.hit(id, px, py),
      show: (hit) => {
        this.highlight(hit);
        if (hit) this.onHit(hit, "keyboard");
      },
      scaleBy: (factor) => this.scaleBy(factor),
    });
    this.parts.curves.addEventListener("focusout", () => {
      if (!this.pointed) this.highlight(null);
    });
  }

  /** Show these things; drawn with the next frame. */
  show(look: Look): void {
    this.look = look;
    if (!look.visible.some((curve) => curve.data.id === this.keys.focused)) this.keys.focused = look.visible[0]?.data.id ?? null;
    this.schedule();
  }

  resize(width: number): void {
    const compact = width < 600;
    this.size = compact ? 12 : 14;
    this.width = Math.max(width, 260);
    this.height = Math.round(this.width * (compact ? 1.02 : 0.56)) + (compact ? 56 : 64);
    this.port.frame = { left: compact ? 60 : 84, right: this.width - (compact ? 12 : 24), top: 10, bottom: this.height - (compact ? 48 : 56) };
    this.node.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const { left, right, top, bottom } = this.port.frame;
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) {
      this.clip.setAttribute(name, String(value));
    }
    this.zoomer.extent([[left, top], [right, bottom]]);
    this.draw();
  }

  /** Move to a view, in canonical units. */
  view(x: Range, y: Range): void {
    this.port.move(x, y);
    this.root.property("__zoom", zoomIdentity);
    this.schedule();
  }

  scaleBy(factor: number): void {
    this.root.call(this.zoomer.scaleBy, factor);
  }

  focusCurve(id: string | null): void {
    const node = id !== null && this.anchor(id);
    const target = node || this.parts.curves.querySelector<SVGElement>('[tabindex="0"]');
    target?.focus();
  }

  /** Draw at once: for tests, exports and the first picture. */
  draw(): void {
    this.pending = 0;
    if (!this.port.frame.right) return;
    clear(
      this.parts.grid,
      ...axesNodes({
        axes: this.axes,
        ranges: [this.port.range(0), this.port.range(1)],
        frame: this.port.frame,
        size: this.size,
        compact: this.width < 600,
        px: (u) => this.port.px(u),
        py: (v) => this.port.py(v),
      }),
    );
    if (this.moving && this.look.visible.length >= CROWDED) {
      this.crowd.move(this.port.transform);
      clear(this.parts.over, ...overNodes(this.sheet(), this.look));
    } else this.drawCurves();
    clear(this.parts.marks, ...markNodes(this.sheet(), this.look));
    this.highlight(null);
  }

  /** Hand over the figure with every curve as a shape, also where a canvas shows them. */
  shapes<T>(act: (node: SVGSVGElement) => T): T {
    this.exporting = true;
    this.draw();
    try {
      return act(this.node);
    } finally {
      this.exporting = false;
      this.schedule();
    }
  }

  private schedule(): void {
    if (!this.pending) this.pending = requestAnimationFrame(() => this.draw());
  }

  private admits(event: Event): boolean {
    if (event.type === "wheel") {
      const wheel = event as WheelEvent;
      return wheel.ctrlKey || wheel.metaKey || this.node.contains(document.activeElement) || this.node.classList.contains("fp-active");
    }
    if (event.type.startsWith("touch")) return (event as TouchEvent).touches.length > 1;
    const mouse = event as MouseEvent;
    return !mouse.button && !mouse.ctrlKey && !mouse.metaKey;
  }

  private drawCurves(): void {
    const { visible } = this.look;
    const shown = visible.map((curve) => {
      const lines = curve.pieces.map((piece) => this.port.project(piece));
      return { curve, xs: lines.map((line) => line[0]), ys: lines.map((line) => line[1]) };
    });
    this.projected = shown;
    const canvas = this.sheet();
    clear(this.parts.guides, ...(this.look.guides ? guideNodes(canvas, this.guides.filter(({ model }) => !model || !this.look.model || model === this.look.model)) : []));
    const focus = this.parts.curves.contains(document.activeElement) ? this.keys.focused : null;
    if (visible.length >= CROWDED && !this.exporting) this.drawCrowd(canvas, shown);
    else this.drawFew(canvas, shown);
    if (focus !== null) this.anchor(focus)?.focus({ preventScroll: true });
    clear(this.parts.over, ...overNodes(canvas, this.look));
    clear(this.parts.labels, ...(shown.length > LABELLED ? [] : labelNodes(canvas, shown, (text, size) => this.ruler.measure(this.node, text, size))));
    const count = visible.length;
    const names = visible.slice(0, 12).map((curve) => curve.data.label);
    this.node.querySelector("desc")!.textContent =
      `${this.axes[1].plain} against ${this.axes[0].plain}. ${count} ${count === 1 ? "curve" : "curves"}: ${names.join("; ")}` +
      (count > 12 ? `; and ${count - 12} more.` : ".");
  }

  private sheet(): Canvas {
    return { axes: this.axes, frame: this.port.frame, size: this.size, project: (points) => this.port.project(points), px: (u) => this.port.px(u), py: (v) => this.port.py(v), address: this.address };
  }

  private tint(): number {
    const closed = this.look.visible.filter((curve) => curve.data.closed).length;
    return Math.max(0.02, Math.min(0.13, 0.5 / closed));
  }

  private drawFew(canvas: Canvas, shown: Projected[]): void {
    const { bands, pinned } = this.look;
    const markers = shown.length <= LABELLED;
    const tint = this.tint();
    this.crowd.leave();
    clear(this.parts.fills, ...fillNodes(canvas, shown));
    clear(this.parts.curves, ...shown.map((one) => curveNode(canvas, one, { bands, markers, pinned: pinned.includes(one.curve.data.id), focused: one.curve.data.id === this.keys.focused, tint })));
    this.anchored = "";
  }

  /** Links in the figure, made anew only when the curves change; the curves themselves on the canvas. */
  private drawCrowd(canvas: Canvas, shown: Projected[]): void {
    const key = shown.map((one) => one.curve.data.id).join();
    if (key !== this.anchored) {
      clear(this.parts.fills);
      clear(this.parts.curves, ...shown.map((one) => anchorNode(canvas, one, one.curve.data.id === this.keys.focused)));
      this.anchored = key;
    }
    const colours = new Map<string, string>();
    const colour = (one: Projected): string => {
      const { data } = one.curve;
      const look = `${slot(data)} ${data.kind}`;
      if (!colours.has(look)) colours.set(look, getComputedStyle(this.anchor(data.id)!.firstElementChild!).stroke);
      return colours.get(look)!;
    };
    void this.crowd.draw({ shown, frame: this.port.frame, place: this.port.transform, tint: this.tint(), fills: (one) => excludedSide(canvas, one), colour, ink: getComputedStyle(this.node).color, pinned: this.look.pinned });
  }

  private anchor(id: string): SVGAElement | null {
    return this.parts.curves.querySelector<SVGAElement>(`[data-id="${CSS.escape(id)}"]`);
  }

  private point(event: PointerEvent): void {
    const box = this.node.getBoundingClientRect();
    const k = this.width / box.width;
    const x = (event.clientX - box.left) * k;
    const y = (event.clientY - box.top) * k;
    if (event.type === "pointerdown") this.node.classList.add("fp-active");
    this.pointed = true;
    const hit = this.nearest(x, y);
    this.highlight(hit);
    this.onHit(hit, "pointer");
  }

  private leave(): void {
    this.pointed = false;
    this.node.classList.remove("fp-active");
    this.highlight(null);
    this.onHit(null, "pointer");
  }

  private nearest(x: number, y: number): Hit | null {
    const { left, right, top, bottom } = this.port.frame;
    if (x < left || x > right || y < top || y > bottom) return null;
    const best = nearest(this.projected, x, y, REACH);
    return best ? this.hit(best.one.curve.data.id, best.px, best.py) : null;
  }

  private hit(id: string, px: number, py: number): Hit {
    const [x, y] = this.port.values(px, py);
    return { id, x, y, px, py };
  }

  private highlight(hit: Hit | null): void {
    const one = hit && this.projected.find((entry) => entry.curve.data.id === hit.id);
    const { hover } = this.parts;
    if (!hit || !one) {
      clear(hover);
      hover.removeAttribute("data-id");
      return;
    }
    // The link under the pointer stays the same element, or a click would not find it again.
    if (hover.getAttribute("data-id") !== hit.id) {
      const d = one.xs.map((xs, k) => path(xs, one.ys[k])).join("");
      const halo = svg("path", { class: "fp-halo", d });
      const link = svg("a", { href: this.address(one.curve.data), tabindex: -1 }, svg("path", { class: "fp-hit", "stroke-width": 18, d }));
      clear(hover, svg("g", { class: slot(one.curve.data) }, halo, svg("circle", { class: "fp-dot fp-cursor", r: 5 })), link);
      hover.setAttribute("data-id", hit.id);
    }
    const cursor = hover.querySelector("circle")!;
    cursor.setAttribute("cx", String(hit.px));
    cursor.setAttribute("cy", String(hit.py));
  }
}
