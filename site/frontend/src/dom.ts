// Making elements: text is always text, never markup.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

function fill<T extends Element>(element: T, attributes: Attributes, children: Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(name), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

export function clear(element: Element, ...children: Child[]): void {
  element.replaceChildren(...(children.filter(Boolean) as (Node | string)[]));
}

const SUBSCRIPT = /(^|[^\p{L}\p{N}_])(\p{L}\u0304?)_(?:\{([^{}]{1,20})\}|([\p{L}\p{N}]{1,12}′?))/gu;

/** Text in which the subscripts of symbols (m_χ, σ_{SD,p}) are set as such. */
export function symbol(text: string): DocumentFragment {
  const out = document.createDocumentFragment();
  let last = 0;
  for (const match of text.matchAll(SUBSCRIPT)) {
    out.append(text.slice(last, match.index) + match[1] + match[2], h("sub", {}, match[3] ?? match[4]));
    last = match.index + match[0].length;
  }
  out.append(text.slice(last));
  return out;
}

/** The same for SVG text. */
export function symbolSpans(text: string, size: number): Node[] {
  const out: Node[] = [];
  let last = 0;
  for (const match of text.matchAll(SUBSCRIPT)) {
    out.push(document.createTextNode(text.slice(last, match.index) + match[1] + match[2]));
    out.push(svg("tspan", { dy: size * 0.22, "font-size": size * 0.72 }, match[3] ?? match[4]));
    out.push(svg("tspan", { dy: -size * 0.22 }, "\u200b"));
    last = match.index + match[0].length;
  }
  out.push(document.createTextNode(text.slice(last)));
  return out;
}

const PATH = /\b(?:statistics|model|astro)\.[a-z\d_.]*[a-z\d]/g;

/** A sentence on fields of records as people read it: their names in the place of their paths. */
export function inWords(text: string, fields: { path: string; name: string }[]): string {
  return text.replace(PATH, (path) => {
    const name = fields.find((field) => field.path === path)?.name;
    return name ?? path.slice(path.indexOf(".") + 1).replace(/[._]/g, " ");
  });
}

/** A link to another site, or plain text when there is no address. */
export function outside(text: string, address: string | null): Node {
  const good = address !== null && /^(https?|mailto):/i.test(address);
  return good ? h("a", { href: address, rel: "noopener" }, text) : document.createTextNode(text);
}

/** Put a text on the clipboard, also where a page from a folder may not ask for it; tells whether it is there. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h("textarea", { class: "fp-hidden", "aria-hidden": "true" });
    field.value = text;
    const focus = document.activeElement;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (focus instanceof HTMLElement) focus.focus();
    return done;
  }
}

/** A button that copies a text and says so. */
export function copyButton(label: string, text: () => string): HTMLElement {
  const told = h("span", { class: "fp-small", role: "status" });
  const button = h("button", { type: "button", class: "fp-button" }, label);
  button.addEventListener("click", () => {
    void copy(text()).then((done) => {
      told.textContent = done ? "Copied." : "Not copied: mark the text, then Ctrl+C.";
      setTimeout(() => (told.textContent = ""), 4000);
    });
  });
  return h("span", { class: "fp-copying" }, button, " ", told);
}

/** Hand over a text as a file. */
export function download(name: string, type: string, text: string): void {
  save(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

export function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = h("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
