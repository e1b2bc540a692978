// The interactive plane page: state, what follows from it, and the panels below the figure.

import { fairport, load } from "./bundle.ts";
import { compare, type Comparison } from "./compare.ts";
import { Reader } from "./curves.ts";
import { clear, h, save, svg, symbol } from "./dom.ts";
import * as files from "./exports.ts";
import { jury, type Jury, type ModelPoint, type Verdict } from "./judge.ts";
import { assumptionsPanel } from "./panel-assumptions.ts";
import { curvesPanel } from "./panel-curves.ts";
import { envelopePanel } from "./panel-envelope.ts";
import { massPanel } from "./panel-mass.ts";
import { ownPanel, type OwnThings } from "./panel-own.ts";
import { savePanel } from "./panel-save.ts";
import { Plot, type Hit, type Look } from "./plot.ts";
import { decode, slot, type Curve } from "./shapes.ts";
import { decodeCurve } from "./decode.ts";
import { toScale } from "./scale.ts";
import { defaults, read, visible, write, type State } from "./state.ts";
import type { Exact, ExactData, PlaneData, SiteData } from "./types.ts";
import { tell } from "./tip.ts";
import { Units } from "./units.ts";

export interface Panel {
  id: string;
  title: string;
  node: HTMLElement;
  /** Bring the panel up to date; called when it is open and something changed. */
  update(): void;
}

const DASH_SAMPLES: Record<string, string> = { projection: "9 3.5 2 3.5", expected: "6 3.5" };

export class Explorer {
  readonly data: PlaneData;
  readonly curves: Map<string, Curve>;
  readonly site: string;
  readonly catalogue: SiteData;
  state: State;
  own: OwnThings = { points: [], curve: [], verdicts: null, notes: [] };
  readonly plot: Plot;
  private readers: Map<string, Reader> | null = null;
  private exact: ExactData | null = null;
  readonly units: Units;
  private readonly panels: Panel[];
  private readonly tip = h("div", { class: "fp-tip", hidden: true, "aria-hidden": "true" });
  private readonly status = h("p", { class: "fp-hidden", role: "status" });
  private readonly kinds = h("div", { class: "fp-kinds", role: "group", "aria-label": "Kinds of curves" });
  private readonly count = h("p", { class: "fp-small fp-count" });
  private readonly tabs = h("div", { class: "fp-tabs", role: "tablist", "aria-label": "Tools" });
  private readonly holder = h("div", { class: "fp-panel" });
  private readonly figure = h("div", { class: "fp-stage" });
  private announced = "";

  constructor(data: PlaneData, catalogue: SiteData, site: string) {
    this.data = data;
    this.catalogue = catalogue;
    this.units = new Units(catalogue.units);
    this.site = site;
    this.curves = decode(data);
    this.state = read(location.hash, data);
    this.plot = new Plot(data, site);
    this.panels = [
      curvesPanel(this),
      massPanel(this),
      assumptionsPanel(this),
      ownPanel(this),
      ...(data.envelopes.length ? [envelopePanel(this)] : []),
      savePanel(this),
    ];
    this.plot.onView = (x, y, done) => {
      this.state.x = x;
      this.state.y = y;
      this.hideTip();
      if (done) this.address();
    };
    this.plot.onHit = (hit, how) => this.showTip(hit, how);
  }

  /** Put everything into the page in the place of the static figure. */
  mount(root: HTMLElement, focus: boolean): void {
    const stage = root.querySelector<HTMLElement>("[data-fp-live]")!;
    this.figure.append(this.plot.node, this.tip);
    stage.append(
      this.kinds,
      this.figure,
      this.toolbar(),
      this.count,
      this.status,
      this.tabs,
      this.holder,
    );
    root.querySelector("[data-fp-static]")?.setAttribute("hidden", "");
    root.querySelector("[data-fp-invite]")?.setAttribute("hidden", "");
    stage.hidden = false;
    this.makeTabs();
    const observer = new ResizeObserver(() => this.plot.resize(this.figure.clientWidth));
    observer.observe(this.figure);
    this.plot.view(this.state.x, this.state.y);
    this.update();
    this.plot.resize(this.figure.clientWidth);
    root.dataset.fpReady = "";
    addEventListener("hashchange", () => {
      if (location.hash.replace(/^#/, "") === write(this.state, this.data)) return;
      this.state = read(location.hash, this.data);
      this.plot.view(this.state.x, this.state.y);
      this.update();
      this.makeTabs();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.hideTip();
    });
    if (focus) this.plot.focusCurve(null);
  }

  /** Curves that are drawn, in the order of the catalogue. */
  visible(): Curve[] {
    return [...this.curves.values()].filter((curve) => visible(curve.data, this.state));
  }

  /** Change the state, then show what follows from it. */
  change(edit: (state: State) => void): void {
    edit(this.state);
    this.update();
    this.address();
  }

  update(): void {
    const shown = this.visible();
    this.judge();
    this.plot.show(this.look(shown));
    this.updateKinds();
    this.updateCount(shown);
    this.openPanel()?.update();
  }

  /** Numbers at full precision, loaded when they are first needed. */
  async numbers(): Promise<{ readers: Map<string, Reader>; exact: ExactData }> {
    const shared = fairport();
    if (!this.readers) {
      await load("exact.js");
      if (!shared.data.exact) throw new Error("the numbers of this page could not be read");
      this.exact = shared.data.exact;
      this.readers = new Map(Object.entries(this.exact).map(([id, one]) => [id, new Reader(this.whole(id, one))]));
    }
    return { readers: this.readers, exact: this.exact! };
  }

  /** Compare the drawn curves at a value of the first axis, as `fairport compare` does. */
  async compareAt(x: number): Promise<Comparison> {
    const { readers } = await this.numbers();
    const ids = this.visible().map((curve) => curve.data.id);
    return compare(ids.filter((id) => this.curves.get(id)!.data.kind !== "example" || this.examplesOnly()), readers, x, this.data.plane.orientation, this.data.plane.axes[0].unit);
  }

  /** The jury of the drawn curves and of the ceilings that they name. */
  async jury(ids: string[] = this.visible().map((curve) => curve.data.id)): Promise<Jury> {
    const { readers } = await this.numbers();
    return this.juryOf(readers, ids);
  }

  async judgePoints(points: ModelPoint[], conjugate: boolean | null, ids?: string[]): Promise<Verdict[]> {
    const made = await this.jury(ids);
    return points.map((point) => made.judge(point, conjugate));
  }

  examplesOnly(): boolean {
    return this.data.curves.every((curve) => curve.kind === "example");
  }

  /** Set points and curve of one's own. */
  setOwn(things: Partial<OwnThings>): void {
    this.own = { ...this.own, ...things };
    this.update();
  }

  address(): void {
    const text = write(this.state, this.data);
    const target = text ? `#${text}` : location.pathname + location.search;
    try {
      history.replaceState(null, "", target);
    } catch {
      // some browsers count changes of the address; the state is then written with the next one
    }
  }

  link(): string {
    const text = write(this.state, this.data);
    const base = location.href.split("#")[0];
    return text ? `${base}#${text}` : base;
  }

  resetView(): void {
    const base = defaults(this.data);
    this.state.x = base.x;
    this.state.y = base.y;
    this.plot.view(base.x, base.y);
    this.address();
  }

  announce(text: string): void {
    if (text !== this.announced) this.status.textContent = text;
    this.announced = text;
  }

  citation(lines: string[]): string[] {
    const { title, harvested } = this.catalogue;
    return [`${this.data.plane.title}: ${title}, harvested ${harvested.slice(0, 10)}.`, ...lines];
  }

  sample(curve: Curve["data"]): SVGSVGElement {
    const dash = DASH_SAMPLES[curve.kind] ?? (curve.line === "dashed" ? "6 3.5" : curve.line === "dotted" ? "1.6 3" : null);
    const line = svg("path", { class: "fp-line", "stroke-width": curve.width ?? 1.7, "stroke-dasharray": dash, opacity: curve.opacity ?? 1, d: "M1 6h28" });
    const node = svg("svg", { class: "fp-plot fp-sample", viewBox: "0 0 30 12", "aria-hidden": "true" }, svg("g", { class: slot(curve) }, line));
    const mark = curve.marker === "dot" ? "fp-dot" : curve.marker ? "fp-mark" : null;
    if (mark) node.firstElementChild!.append(svg("circle", { class: mark, "stroke-width": 1.2, cx: 15, cy: 6, r: 2.6 }));
    return node;
  }

  private juryOf(readers: Map<string, Reader>, ids: string[]): Jury {
    const named = new Set(ids);
    const all = [...this.curves.keys()];
    for (const id of ids) {
      const ceiling = readers.get(id)?.exact.ceiling?.split("@")[0];
      if (!ceiling) continue;
      const edge = all.find((one) => one === ceiling) ?? all.find((one) => one.split("/")[1] === ceiling.split("/").pop());
      if (edge) named.add(edge);
    }
    const drawn = new Set(this.data.curves.filter((curve) => !curve.open).map((curve) => curve.id));
    return jury(all.filter((id) => named.has(id)), readers, this.data.plane.axes[1].quantity, drawn);
  }

  /** The numbers of a result; where its licence keeps them back, what its drawing says. */
  private whole(id: string, exact: Exact): Exact {
    if (exact.shape !== "drawn") return exact;
    const curve = this.curves.get(id);
    if (!curve) return { ...exact, shape: "none" };
    const { axes } = this.data.plane;
    const value = (index: 0 | 1, position: number): number => (axes[index].log ? 10 ** position : position);
    const pieces = curve.pieces.map((piece) => [[...piece.u].map((u) => value(0, u)), [...piece.v].map((v) => value(1, v))] as [number[], number[]]);
    const scales = axes.map((axis) => (axis.log ? "log" : "lin")) as Exact["scales"];
    if (curve.data.closed) return { ...exact, shape: "region", scales, pieces: pieces.map(([x, y]) => [[...x, x[0]], [...y, y[0]]]) };
    if (!["above", "below", "none"].includes(exact.side ?? "none")) return { ...exact, shape: "line", scales, pieces };
    const x: number[] = [];
    const y: (number | null)[] = [];
    for (const [xs, ys] of pieces) {
      if (x.length) {
        x.push(xs[0]);
        y.push(null);
      }
      x.push(...xs);
      y.push(...ys);
    }
    // The drawing lies on a grid: its ends are where the numbers end.
    const near = (a: number, b: number): boolean => Math.abs(toScale(axes[0], a) - toScale(axes[0], b)) <= axes[0].step;
    if (exact.low !== null && near(x[0], exact.low)) x[0] = exact.low;
    if (exact.high !== null && near(x[x.length - 1], exact.high)) x[x.length - 1] = exact.high;
    const rises = x.every((at, i) => i === 0 || at >= x[i - 1]);
    return rises ? { ...exact, shape: "function", scales, x, y, bands: {} } : { ...exact, shape: "line", scales, pieces };
  }

  private judge(): void {
    if (!this.own.points.length || !this.readers) return;
    const made = this.juryOf(this.readers, this.visible().map((curve) => curve.data.id));
    this.own.verdicts = this.own.points.map((point) => made.judge(point, this.own.conjugate ?? null));
    this.own.notes = made.notes;
  }

  private look(shown: Curve[]): Look {
    const { axes } = this.data.plane;
    const envelope = this.data.envelopes.find((one) => one.cl === this.state.envelope);
    const verdicts = this.own.verdicts;
    const marks = this.own.points.map((point, i) => ({
      x: point.x,
      y: point.y,
      status: verdicts?.[i]?.status ?? "not covered",
      title: `Point ${point.row}: ${verdicts?.[i]?.status ?? "not judged"}`,
    }));
    const line = this.own.curve;
    const own = line.length
      ? [{ u: Float64Array.from(line, (p) => toScale(axes[0], p.x)), v: Float64Array.from(line, (p) => toScale(axes[1], p.y)) }]
      : [];
    return {
      visible: shown,
      bands: this.state.bands,
      guides: this.state.guides,
      envelope: (envelope?.d ?? []).map((text) => decodeCurve(text, axes)),
      at: this.state.at,
      pinned: this.state.pinned,
      marks,
      own,
    };
  }

  private updateKinds(): void {
    if (!this.kinds.children.length) {
      for (const [kind, meaning] of this.data.kinds) {
        const members = this.data.curves.filter((curve) => curve.kind === kind);
        const toggle = (): void =>
          this.change((state) => {
            const on = !state.kinds.delete(kind);
            if (on) state.kinds.add(kind);
            for (const curve of members) state.own.delete(curve.id);
          });
        const words = h("span", {}, `${kind} `, h("span", { class: "fp-small" }, String(members.length)));
        this.kinds.append(h("button", { type: "button", class: "fp-chip", "data-kind": kind, title: meaning, onclick: toggle }, this.sample({ ...(members.find((one) => one.form !== "line") ?? members[0]), slot: null }), words));
      }
    }
    for (const button of this.kinds.children) {
      button.setAttribute("aria-pressed", String(this.state.kinds.has(button.getAttribute("data-kind")!)));
    }
  }

  private updateCount(shown: Curve[]): void {
    const total = this.curves.size;
    const clash = this.clashes(shown);
    const parts: (Node | string)[] = [`${shown.length} of ${total} ${total === 1 ? "curve" : "curves"} drawn. `];
    if (clash.length && shown.length < 40) parts.push(h("strong", {}, "Not all assumptions agree: "), ...clash.flatMap((name, i) => [i ? ", " : "", symbol(name)]), ". ");
    const { more } = this.data;
    if (more) parts.push(`${more.toLocaleString("en")} further results of this plane are in its files and in the search.`);
    clear(this.count, ...parts);
  }

  /** Names of the fields that ought to agree and do not. */
  clashes(shown: Curve[]): string[] {
    return this.data.fields
      .filter((field, k) => {
        const found = new Set(shown.filter((curve) => curve.data.form !== "line").map((curve) => curve.data.facts[k]).filter((index) => index >= 0 && field.values[index] !== "?"));
        return field.must && found.size > 1;
      })
      .map((field) => field.name);
  }

  private toolbar(): HTMLElement {
    const button = (text: string, label: string, act: () => void): HTMLButtonElement => h("button", { type: "button", class: "fp-button", "aria-label": label, title: label, onclick: act }, text);
    const toggle = (text: string, key: "bands" | "guides"): HTMLButtonElement => {
      const node = h("button", { type: "button", class: "fp-button", "aria-pressed": String(this.state[key]) }, text);
      node.addEventListener("click", () => {
        this.change((state) => (state[key] = !state[key]));
        node.setAttribute("aria-pressed", String(this.state[key]));
      });
      return node;
    };
    const some = this.data.curves.some((curve) => curve.b || curve.c);
    return h(
      "div",
      { class: "fp-tools" },
      button("+", "Zoom in", () => this.plot.scaleBy(1.6)),
      button("−", "Zoom out", () => this.plot.scaleBy(1 / 1.6)),
      button("Whole figure", "Show the whole figure", () => this.resetView()),
      some ? toggle("Expected bands", "bands") : null,
      this.data.guides?.length ? toggle("Reference curves", "guides") : null,
      h("p", { class: "fp-small" }, "Drag to move; scroll after a click, or with Ctrl, to zoom. With the keyboard: Tab to a curve, arrows to read along it and to go to the next, + and − to zoom, Enter for its page."),
    );
  }

  private openPanel(): Panel | undefined {
    return this.panels.find((panel) => panel.id === this.state.panel) ?? this.panels[0];
  }

  private makeTabs(): void {
    const open = this.openPanel();
    clear(
      this.tabs,
      ...this.panels.map((panel) => {
        const chosen = panel === open;
        const tab = h("button", { type: "button", role: "tab", id: `fp-tab-${panel.id}`, "aria-selected": String(chosen), "aria-controls": "fp-panel", tabindex: chosen ? 0 : -1 }, panel.title);
        tab.addEventListener("click", () => this.select(panel));
        tab.addEventListener("keydown", (event) => {
          const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
          if (!step) return;
          event.preventDefault();
          const next = this.panels[(this.panels.indexOf(panel) + step + this.panels.length) % this.panels.length];
          this.select(next);
          document.getElementById(`fp-tab-${next.id}`)?.focus();
        });
        return tab;
      }),
    );
    if (!open) return;
    this.holder.id = "fp-panel";
    for (const [name, value] of Object.entries({ role: "tabpanel", "aria-labelledby": `fp-tab-${open.id}` })) this.holder.setAttribute(name, value);
    clear(this.holder, open.node);
    open.update();
  }

  select(panel: Panel): void {
    this.state.panel = panel === this.panels[0] ? "" : panel.id;
    this.makeTabs();
    this.address();
  }

  private showTip(hit: Hit | null, how: "pointer" | "keyboard"): void {
    const curve = hit && this.curves.get(hit.id);
    if (!hit || !curve) {
      this.hideTip();
      return;
    }
    const reader = this.readers?.get(hit.id);
    const { lines, spoken } = tell(this.data, curve.data, hit, reader ?? null);
    clear(this.tip, ...lines.map((line) => h("p", {}, ...line)));
    this.tip.hidden = false;
    const k = this.figure.clientWidth / this.plot.width;
    const left = hit.px * k;
    const wide = this.tip.offsetWidth;
    const right = left > this.figure.clientWidth / 2;
    const x = right ? Math.max(left - wide - 14, 0) : Math.min(left + 14, this.figure.clientWidth - wide);
    const y = Math.min(Math.max(hit.py * k - this.tip.offsetHeight / 2, 0), this.figure.clientHeight - this.tip.offsetHeight);
    this.tip.style.transform = `translate(${Math.max(x, 0)}px, ${Math.max(y, 0)}px)`;
    if (how === "keyboard") this.announce(spoken);
  }

  private hideTip(): void {
    this.tip.hidden = true;
  }

  download(name: string, type: string, text: string): void {
    save(name, new Blob([text], { type: `${type};charset=utf-8` }));
  }

  readonly files = files;
}
