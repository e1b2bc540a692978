// The interactive plane page: state, what follows from it, and the panels below the figure.

import type { App, OwnThings } from "./app.ts";
import { fairport, load } from "./bundle.ts";
import { compare, type Comparison } from "./compare.ts";
import { KindsBar, toolbar } from "./controls.ts";
import { Reader } from "./curves.ts";
import { clear, h, symbol } from "./dom.ts";
import { whole } from "./drawn.ts";
import { choose, envelope, type Choice, type Envelope } from "./envelope.ts";
import { effective, judgeAll, jury, type Jury, type ModelPoint, type Verdict } from "./judge.ts";
import { fetchModel, withModel, withNumbers } from "./models.ts";
import { panelsOf } from "./panels.ts";
import type { Figure, Hit, Look } from "./look.ts";
import { Plot } from "./plot.ts";
import { Rows } from "./rows.ts";
import { decode, type Curve } from "./shapes.ts";
import { toScale } from "./scale.ts";
import { defaults, levels, read, TRANSLATED, visible, write, type State } from "./state.ts";
import { Tabs } from "./tabs.ts";
import { tell } from "./tip.ts";
import type { CurveData, Exact, ExactData, Model, PlaneData, SiteData, TranslatedData } from "./types.ts";
import { Units } from "./units.ts";

export class Explorer implements App {
  data: PlaneData;
  curves: Map<string, Curve>;
  readonly site: string;
  readonly catalogue: SiteData;
  readonly units: Units;
  readonly plot: Figure;
  state: State;
  own: OwnThings = { points: [], curve: [], verdicts: null, notes: [] };
  private readers: Map<string, Reader> | null = null;
  private exact: ExactData | null = null;
  private brought: TranslatedData | null = null;
  private found: { key: string; envelope: Envelope | null; choice: Choice } | null = null;
  private readonly tabs = new Tabs((panel) => this.select(panel.id));
  private readonly kinds: KindsBar;
  private readonly tip = h("div", { class: "fp-tip", hidden: true, "aria-hidden": "true" });
  private readonly status = h("p", { class: "fp-hidden", role: "status" });
  private readonly heading = h("p", { class: "fp-model", hidden: true });
  private readonly count = h("p", { class: "fp-small fp-count", "aria-live": "polite" });
  private readonly figure = h("div", { class: "fp-stage" });
  private readonly tools: HTMLElement;
  private announced = "";
  private judging = 0;

  constructor(data: PlaneData, catalogue: SiteData, site: string) {
    this.data = data;
    this.catalogue = catalogue;
    this.units = new Units(catalogue.units);
    this.site = site;
    this.curves = decode(data);
    this.state = read(location.hash, data);
    this.plot = data.plane.rows ? new Rows(data, site) : new Plot(data, site);
    this.kinds = new KindsBar(this);
    this.tools = toolbar(this);
    this.tabs.panels = panelsOf(this);
    this.plot.onView = (x, y, done) => {
      this.state.x = x;
      this.state.y = y;
      this.tip.hidden = true;
      if (done) this.address();
    };
    this.plot.onHit = (hit, how) => this.showTip(hit, how);
  }

  /** Put everything into the page in the place of the static figure. */
  mount(root: HTMLElement, focus: boolean): void {
    const stage = root.querySelector<HTMLElement>("[data-fp-live]")!;
    this.figure.append(...(this.plot.behind ? [this.plot.behind] : []), this.plot.node, this.tip);
    stage.append(this.kinds.node, this.heading, this.figure, this.tools, this.count, this.status, this.tabs.list, this.tabs.holder);
    root.querySelector("[data-fp-static]")?.setAttribute("hidden", "");
    root.querySelector("[data-fp-invite]")?.setAttribute("hidden", "");
    stage.hidden = false;
    this.tabs.show(this.state.panel);
    new ResizeObserver(() => this.plot.resize(this.figure.clientWidth)).observe(this.figure);
    this.plot.view(this.state.x, this.state.y);
    this.update();
    this.plot.resize(this.figure.clientWidth);
    root.dataset.fpReady = "";
    this.follow(location.hash);
    addEventListener("hashchange", () => this.arrive(location.hash));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.tip.hidden = true;
    });
    if (focus) this.plot.focusCurve(null);
  }

  /** Curves that are drawn, in the order of the catalogue. */
  visible(): Curve[] {
    return [...this.curves.values()].filter((curve) => this.draws(curve.data));
  }

  draws(curve: CurveData): boolean {
    const natives = this.brought && this.model()?.natives;
    if (natives && !("says" in curve) && !natives.includes(curve.id)) return false;
    return visible(curve, this.state);
  }

  /** The benchmark that is chosen. */
  model(): Model | null {
    return this.data.models?.find((model) => model.id === this.state.model) ?? null;
  }

  /** Choose a benchmark, or none: its curves come and go with it. */
  setModel(id: string | null): void {
    this.change((state) => (state.model = id));
    this.bring().catch(() => this.announce("The results of other planes could not be loaded."));
  }

  levels(): number[] {
    return levels(this.data);
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
    this.kinds.update();
    for (const button of this.tools.querySelectorAll<HTMLElement>("[data-toggle]")) {
      button.setAttribute("aria-pressed", String(this.state[button.dataset.toggle as "bands" | "guides"]));
    }
    this.updateCount(shown);
    this.tabs.open(this.state.panel).update();
  }

  /** Numbers at full precision, loaded when they are first needed. */
  async numbers(): Promise<{ readers: Map<string, Reader>; exact: ExactData }> {
    if (!this.readers) {
      await load("exact.js");
      const read = fairport().data.exact;
      if (!read) throw new Error("the numbers of this page could not be read");
      const first = this.readers === null;
      this.exact = withNumbers(read, this.brought);
      this.readers = new Map(Object.entries(this.exact).map(([id, one]) => [id, new Reader(whole(one, this.curves.get(id), this.data.plane.axes))]));
      if (first && this.state.envelope !== null) this.plot.show(this.look(this.visible()));
    }
    return { readers: this.readers, exact: this.exact! };
  }

  seen(point: ModelPoint, id: string): { value: number; exact: Exact } | null {
    const reader = this.readers?.get(id);
    return reader ? { value: effective(point, reader, this.judged(), this.own.conjugate ?? null), exact: reader.exact } : null;
  }

  /** Quantity of what is judged: the last axis. */
  private judged(): string {
    const { axes, rows } = this.data.plane;
    return axes[rows ? 0 : 1].quantity;
  }

  /** Compare the drawn curves at a value of the first axis, as `fairport compare` does. */
  async compareAt(x: number): Promise<Comparison> {
    const { readers } = await this.numbers();
    const ids = this.visible().map((curve) => curve.data.id);
    const all = this.examplesOnly() ? ids : ids.filter((id) => this.curves.get(id)!.data.kind !== "example");
    return compare(all, readers, x, this.data.plane.orientation, this.data.plane.axes[0].unit);
  }

  /** The envelope of the drawn curves at a level once numbers are there, and what enters it. */
  envelopeOf(level: number): { choice: Choice; made: Envelope | null } {
    const drawn = this.visible().map((curve) => curve.data);
    const key = `${level}|${drawn.map((curve) => curve.id).join()}`;
    if (this.found?.key !== key) {
      const choice = choose(drawn, this.readers!, level);
      const able = !choice.why && choice.members.length > 1;
      this.found = { key, choice, envelope: able ? envelope(choice.members, this.readers!, this.data.plane.orientation === "below") : null };
    }
    return { choice: this.found.choice, made: this.found.envelope };
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
    const inside = this.model() && this.brought ? [`Results of other planes inside the model ${this.model()!.title}.`] : [];
    return [`${this.data.plane.title}: ${title}, harvested ${harvested.slice(0, 10)}.`, ...inside, ...lines];
  }

  select(id: string): void {
    this.state.panel = id === this.tabs.panels[0].id ? "" : id;
    this.tabs.show(id);
    this.address();
  }

  /** Names of the fields that ought to agree and do not. */
  clashes(shown: Curve[]): string[] {
    const compared = shown.filter((curve) => curve.data.form !== "line");
    return this.data.fields
      .filter((field, k) => {
        const found = new Set(compared.map((curve) => curve.data.facts[k]).filter((index) => index >= 0 && field.values[index] !== "?"));
        return field.must && found.size > 1;
      })
      .map((field) => field.name);
  }

  /** Take the state of an address that somebody went to. */
  private arrive(hash: string): void {
    if (hash.replace(/^#/, "") === write(this.state, this.data)) return;
    this.state = read(hash, this.data);
    this.plot.view(this.state.x, this.state.y);
    this.update();
    this.tabs.show(this.state.panel);
    this.follow(hash);
  }

  /** What an address names may have to be loaded first: curves of a benchmark, numbers of an envelope. */
  private follow(hash: string): void {
    if (this.state.envelope !== null) void this.numbers();
    if (this.state.model === (this.brought?.id ?? null)) return;
    const model = this.state.model;
    this.bring().then(
      () => {
        if (this.state.model !== model) return;
        const panel = this.state.panel;
        this.state = { ...read(hash, this.data), panel };
        this.update();
        this.address();
      },
      () => this.announce("The results of other planes could not be loaded."),
    );
  }

  /** Make the curves those of the chosen benchmark. */
  private async bring(): Promise<void> {
    const model = this.model();
    const found = model && (await fetchModel(model));
    if (model !== this.model()) return;
    this.brought = found;
    this.data = withModel(this.data, found);
    this.curves = decode(this.data);
    this.readers = null;
    this.found = null;
    if (found) this.state.kinds.add(TRANSLATED);
    else this.state.kinds.delete(TRANSLATED);
    this.state.pinned = this.state.pinned.filter((id) => this.curves.has(id));
    this.tabs.panels = panelsOf(this, this.tabs.panels);
    if (this.exact) await this.numbers();
    this.tabs.show(this.state.panel);
    this.update();
    this.address();
    this.announce(model ? `${found!.curves.length} results of other planes are drawn inside the model ${model.title}` : "No results of other planes are drawn");
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
    return jury(all.filter((id) => named.has(id)), readers, this.judged(), drawn);
  }

  private judge(): void {
    if (!this.own.points.length || !this.readers) return;
    const ids = this.visible().map((curve) => curve.data.id);
    const made = this.juryOf(this.readers, ids);
    const { points, conjugate = null } = this.own;
    const mine = ++this.judging;
    this.own.notes = made.notes;
    if (points.length * ids.length < 20_000) {
      this.own.verdicts = points.map((point) => made.judge(point, conjugate));
      return;
    }
    this.own.verdicts = null;
    void judgeAll(made, points, conjugate, () => mine !== this.judging).then((found) => {
      if (!found) return;
      this.own.verdicts = found;
      this.plot.show(this.look(this.visible()));
      this.tabs.open(this.state.panel).update();
    });
  }

  private look(shown: Curve[]): Look {
    const { axes } = this.data.plane;
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
    return { visible: shown, bands: this.state.bands, guides: this.state.guides, model: this.state.model, envelope: this.edge(), at: this.state.at, pinned: this.state.pinned, marks, own };
  }

  /** The envelope on the scales of the axes. */
  private edge(): Look["envelope"] {
    const { axes } = this.data.plane;
    if (this.state.envelope === null || !this.readers) return [];
    const scaled = (values: Float64Array, log: boolean): Float64Array => (log ? values : values.map((value) => 10 ** value));
    return (this.envelopeOf(this.state.envelope).made?.pieces ?? []).map(({ u, v }) => ({ u: scaled(u, axes[0].log), v: scaled(v, axes[1].log) }));
  }

  private updateCount(shown: Curve[]): void {
    const noun = (count: number): string => (this.data.plane.rows ? "result" : "curve") + (count === 1 ? "" : "s");
    const model = this.brought && this.model();
    this.heading.hidden = !model;
    clear(this.heading, model ? h("strong", {}, "Inside one model only: ") : null, model ? symbol(model.title) : null, model ? ". Dashed regions and curves come from other planes." : null);
    const total = this.curves.size;
    const clash = this.clashes(shown);
    const parts: (Node | string)[] = [`${shown.length} of ${total} ${noun(total)} drawn. `];
    if (clash.length && shown.length < 40) parts.push(h("strong", {}, "Not all assumptions agree: "), ...clash.flatMap((name, i) => [i ? ", " : "", symbol(name)]), ". ");
    const { more } = this.data;
    if (more) parts.push(`${more.toLocaleString("en")} further results of this plane are in its files and in the search.`);
    clear(this.count, ...parts);
  }

  private showTip(hit: Hit | null, how: "pointer" | "keyboard"): void {
    const curve = hit && this.curves.get(hit.id);
    this.tip.hidden = !curve;
    if (!hit || !curve) return;
    const { lines, spoken } = tell(this.data, curve.data, hit, this.readers?.get(hit.id) ?? null);
    clear(this.tip, ...lines.map((line) => h("p", {}, ...line)));
    const k = this.figure.clientWidth / this.plot.width;
    const left = hit.px * k;
    const wide = this.tip.offsetWidth;
    const right = left > this.figure.clientWidth / 2;
    const x = right ? left - wide - 14 : Math.min(left + 14, this.figure.clientWidth - wide);
    const y = Math.min(Math.max(hit.py * k - this.tip.offsetHeight / 2, 0), this.figure.clientHeight - this.tip.offsetHeight);
    this.tip.style.transform = `translate(${Math.max(x, 0)}px, ${Math.max(y, 0)}px)`;
    if (how === "keyboard") this.announce(spoken);
  }
}
