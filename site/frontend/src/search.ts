// Entry of fp-search.js: one search over everything, with facets. A linear scan is fast enough by far.

import { fairport, load } from "./bundle.ts";
import { decodeIntegers } from "./decode.ts";
import { clear, h } from "./dom.ts";

interface FacetData {
  name: string;
  title: string;
  values: string[];
  column: string;
}

interface SearchData {
  version: number;
  count: number;
  facets: FacetData[];
  meanings: Record<string, string>;
  shards: number;
  titles?: string[];
}

const shared = fairport();
const parts: string[][] = [];
let data: SearchData | null = null;
shared.search = (given: SearchData) => void (data = given);
shared.titles = (given: { number: number; titles: string[] }) => void (parts[given.number] = given.titles);

const PAGE = 40;
const VALUES = 8;
const SLICE = 1000;
const TYPES = ["plane", "result", "analysis", "collection", "experiment", "documentation"];

export interface Found {
  hits: number[];
  /** Number of records for each value of each facet, when only the other facets choose. */
  counts: number[][];
}

/** Records that hold every word and fit the chosen values, best first. */
export function find(texts: string[], titles: string[], columns: number[][], sizes: number[], words: string[], chosen: Set<number>[], rank: (i: number) => number): Found {
  const counts = sizes.map((size) => new Array<number>(size + 1).fill(0));
  const hits: number[] = [];
  for (let i = 0; i < texts.length; i++) {
    if (!words.every((word) => texts[i].includes(word))) continue;
    let misses = 0;
    let missed = -1;
    for (let f = 0; f < columns.length && misses < 2; f++) {
      if (chosen[f].size && !chosen[f].has(columns[f][i])) {
        misses += 1;
        missed = f;
      }
    }
    if (misses === 0) {
      hits.push(i);
      for (let f = 0; f < columns.length; f++) counts[f][columns[f][i]] += 1;
    } else if (misses === 1) counts[missed][columns[missed][i]] += 1;
  }
  const score = (i: number): number => {
    if (!words.length) return rank(i);
    const title = titles[i].toLowerCase();
    const [first] = words;
    const place = title === words.join(" ") ? 0 : title.startsWith(first) ? 1 : words.every((word) => title.includes(word)) ? 2 : 3;
    return place * 10 + rank(i);
  };
  // A typed array of one number each (score, then place) sorts many times faster than a comparison does.
  const keys = Float64Array.from(hits, (i) => score(i) * texts.length + i).sort();
  return { hits: Array.from(keys, (key) => key % texts.length), counts };
}

/** Let the browser do what is more urgent. */
const pause = (): Promise<void> => new Promise((done) => setTimeout(done));

class Search {
  private readonly root: HTMLElement;
  private readonly site: string;
  private readonly data: SearchData;
  private readonly columns: number[][];
  private readonly chosen: Set<number>[];
  private readonly open = new Set<string>();
  private addresses: string[] = [];
  private titles: string[] = [];
  private words: string[] = [];
  /** What is searched of each record, in lower case; made piece by piece, after the first page is drawn. */
  private texts: string[] = [];
  private prepared = 0;
  private readonly ranks: number[];
  private shown = PAGE;
  private readonly input = h("input", { type: "search", id: "fp-q", autocomplete: "off", spellcheck: "false" });
  private readonly status = h("p", { role: "status", class: "fp-small" });
  private readonly facets = h("div", { role: "group", "aria-label": "Narrow down" });
  private readonly hits = h("ol", { class: "fp-hits", "aria-label": "Found" });
  private readonly more = h("button", { type: "button", class: "fp-button" }, "Show more");

  constructor(root: HTMLElement, given: SearchData) {
    this.root = root;
    this.site = root.dataset.fpSearch ?? "";
    this.data = given;
    this.columns = given.facets.map((facet) => decodeIntegers(facet.column));
    this.chosen = given.facets.map(() => new Set<number>());
    const type = given.facets.findIndex((one) => one.name === "type");
    const ranks = ["", ...given.facets[type].values].map((value) => (TYPES.includes(value) ? TYPES.indexOf(value) : TYPES.length));
    this.ranks = this.columns[type].map((value) => ranks[value]);
  }

  start(): void {
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        this.hits.querySelector<HTMLElement>("a")?.focus();
      }
    });
    this.hits.addEventListener("keydown", (event) => this.walk(event));
    this.more.addEventListener("click", () => {
      const next = this.shown;
      this.shown += PAGE;
      this.update();
      this.hits.querySelectorAll<HTMLElement>("a")[next]?.focus();
    });
    const found = h("div", { class: "fp-find" }, this.facets, h("div", {}, this.status, this.hits, h("p", {}, this.more)));
    clear(this.root, h("div", { class: "fp-find-box", role: "search" }, h("label", { for: "fp-q", class: "fp-hidden" }, "Search the catalogue"), this.input));
    this.input.placeholder = "An experiment, a quantity, an arXiv number …";
    this.readAddress();
    addEventListener("hashchange", () => {
      this.readAddress();
      this.update();
    });
    document.addEventListener("keydown", (event) => {
      const free = !(event.target instanceof HTMLInputElement);
      if (event.key === "/" && free && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        this.input.focus();
      }
    });
    // Nothing may move on the page when the records come: only who waits long sees that they do.
    const tell = (text: string): void => {
      this.more.hidden = true;
      this.status.textContent = text;
      this.root.append(found);
    };
    const waiting = setTimeout(() => tell("Loading …"), 400);
    this.fill().then(
      () => {
        clearTimeout(waiting);
        this.update();
        this.root.append(found);
        this.prepareLater();
      },
      () => {
        clearTimeout(waiting);
        tell("The index of this catalogue could not be loaded; its lists hold everything.");
      },
    );
  }

  private async fill(): Promise<void> {
    const { shards } = this.data;
    await Promise.all(Array.from({ length: shards }, (_, i) => load(`titles-${i}.js`)));
    await pause();
    const flat = shards ? parts.flat() : (this.data.titles ?? []);
    for (let i = 0; i < flat.length; i += 3) {
      this.addresses.push(flat[i]);
      this.titles.push(flat[i + 1]);
      this.words.push(flat[i + 2]);
    }
    this.texts = new Array<string>(this.titles.length).fill("");
    await pause();
  }

  private prepare(until: number): void {
    const { facets } = this.data;
    for (; this.prepared < Math.min(until, this.texts.length); this.prepared++) {
      const i = this.prepared;
      let told = `${this.titles[i]} ${this.words[i]}`;
      for (let f = 0; f < facets.length; f++) if (this.columns[f][i]) told += ` ${facets[f].values[this.columns[f][i] - 1]}`;
      this.texts[i] = told.toLowerCase();
    }
  }

  /** Prepare the rest in pieces that nobody notices. */
  private prepareLater(): void {
    if (this.prepared >= this.texts.length) return;
    this.prepare(this.prepared + SLICE);
    setTimeout(() => this.prepareLater());
  }

  private changed(): void {
    this.shown = PAGE;
    this.writeAddress();
    this.update();
  }

  private update(): void {
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const sizes = this.data.facets.map((facet) => facet.values.length);
    if (words.length) this.prepare(Infinity);
    const found = find(this.texts, this.titles, this.columns, sizes, words, this.chosen, (i) => this.ranks[i]);
    const count = found.hits.length;
    this.status.textContent = count === 1 ? "1 of " + this.texts.length : `${count.toLocaleString("en")} of ${this.texts.length.toLocaleString("en")}`;
    this.drawFacets(found.counts);
    clear(this.hits, ...found.hits.slice(0, this.shown).map((i) => this.hit(i, words)));
    this.more.hidden = count <= this.shown;
  }

  private hit(i: number, words: string[]): HTMLLIElement {
    const told = this.data.facets
      .filter((facet) => facet.name !== "licence")
      .map((facet, f) => (this.columns[f][i] ? facet.values[this.columns[f][i] - 1] : ""))
      .filter(Boolean);
    const link = h("a", { href: this.site + this.addresses[i] });
    link.append(...marked(this.titles[i], words));
    return h("li", {}, link, h("p", { class: "fp-small" }, told.join(" · ")));
  }

  private drawFacets(counts: number[][]): void {
    const active = document.activeElement?.getAttribute("data-key");
    const groups = this.data.facets.map((facet, f) => {
      const order = facet.values.map((_, v) => v + 1).filter((v) => counts[f][v] || this.chosen[f].has(v));
      if (facet.name !== "year" && facet.name !== "cl") order.sort((a, b) => counts[f][b] - counts[f][a] || a - b);
      if (!order.length || (order.length < 2 && !this.chosen[f].size)) return null;
      const all = this.open.has(facet.name);
      const kept = all ? order : order.filter((v, k) => k < VALUES || this.chosen[f].has(v));
      const items = kept.map((v) => {
        const box = h("input", { type: "checkbox", "data-key": `${facet.name}:${v}` });
        box.checked = this.chosen[f].has(v);
        box.addEventListener("change", () => {
          if (box.checked) this.chosen[f].add(v);
          else this.chosen[f].delete(v);
          this.changed();
        });
        const value = facet.values[v - 1];
        return h("li", {}, h("label", { title: facet.name === "kind" ? (this.data.meanings[value] ?? null) : null }, box, h("span", {}, value), h("span", {}, counts[f][v].toLocaleString("en"))));
      });
      const rest = order.length - kept.length;
      const toggle = rest || all ? h("button", { type: "button", class: "fp-text", "data-key": `${facet.name}:more` }, all ? "fewer" : `${rest} more`) : null;
      toggle?.addEventListener("click", () => {
        if (!this.open.delete(facet.name)) this.open.add(facet.name);
        this.update();
      });
      const group = h("details", { class: "fp-facet" }, h("summary", {}, facet.title), h("ul", { role: "group", "aria-label": facet.title }, ...items), toggle);
      group.querySelector("ul")!.removeAttribute("role");
      group.open = !this.closed.has(facet.name);
      group.addEventListener("toggle", () => (group.open ? this.closed.delete(facet.name) : this.closed.add(facet.name)));
      return group;
    });
    clear(this.facets, ...groups);
    if (active) this.facets.querySelector<HTMLElement>(`[data-key="${CSS.escape(active)}"]`)?.focus();
  }

  /** Facets that are folded: all but the first three on a small screen. */
  private readonly closed = new Set<string>(matchMedia("(max-width: 56rem)").matches ? ["type", "experiment", "plane", "kind", "role", "cl", "year", "licence"] : ["licence", "role"]);

  private walk(event: KeyboardEvent): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const links = [...this.hits.querySelectorAll<HTMLElement>("a")];
    const at = links.indexOf(document.activeElement as HTMLElement) + step;
    if (at < 0) this.input.focus();
    else links[at]?.focus();
  }

  private writeAddress(): void {
    const params: string[] = [];
    if (this.input.value.trim()) params.push(`q=${encodeURIComponent(this.input.value.trim())}`);
    this.data.facets.forEach((facet, f) => {
      const values = [...this.chosen[f]].sort((a, b) => a - b).map((v) => encodeURIComponent(facet.values[v - 1]));
      if (values.length) params.push(`${facet.name}=${values.join(",")}`);
    });
    try {
      history.replaceState(null, "", params.length ? `#${params.join("&")}` : location.pathname + location.search);
    } catch {
      // the address then follows with the next change
    }
  }

  private readAddress(): void {
    this.chosen.forEach((one) => one.clear());
    this.input.value = "";
    for (const part of location.hash.replace(/^#/, "").split("&")) {
      const [key, value = ""] = part.split("=");
      try {
        if (key === "q") this.input.value = decodeURIComponent(value);
        const f = this.data.facets.findIndex((facet) => facet.name === key);
        if (f < 0) continue;
        for (const text of value.split(",").map(decodeURIComponent)) {
          const v = this.data.facets[f].values.indexOf(text) + 1;
          if (v) this.chosen[f].add(v);
        }
      } catch {
        // a damaged part of an address costs that part only
      }
    }
  }
}

/** Title with the words that were looked for marked. */
function marked(title: string, words: string[]): (Node | string)[] {
  const lower = title.toLowerCase();
  const hits = words.map((word) => [lower.indexOf(word), word.length] as const).filter(([at]) => at >= 0);
  if (!hits.length || lower.length !== title.length) return [title];
  hits.sort((a, b) => a[0] - b[0]);
  const out: (Node | string)[] = [];
  let last = 0;
  for (const [at, length] of hits) {
    if (at < last) continue;
    out.push(title.slice(last, at), h("mark", {}, title.slice(at, at + length)));
    last = at + length;
  }
  return [...out, title.slice(last)];
}

function ready(): void {
  const root = document.querySelector<HTMLElement>("[data-fp-search]");
  if (!root) return;
  load("catalog.js").then(
    () => data && new Search(root, data).start(),
    () => undefined,
  );
}

if (typeof document !== "undefined") ready();
