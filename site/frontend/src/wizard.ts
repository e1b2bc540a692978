// Entry of fp-wizard.js: the questions of `fairport new` as a form. It yields a file of answers and one command;
// nothing leaves the browser.

import { fairport, load } from "./bundle.ts";
import { clear, copyButton, h, save } from "./dom.ts";
import { render, TemplateError, text, truth, type Coded, type Macros, type Value } from "./jinja.ts";

export interface Question {
  name: string;
  type: string;
  help: string;
  section: string;
  default: Coded;
  when: Coded;
  asked: boolean;
  validator: Coded;
  placeholder: string;
  multiline: boolean;
  many: boolean;
  choices: [string, Value, Coded][];
}

export interface WizardData {
  version: number;
  questions: Question[];
  macros: Macros;
}

export interface Answer {
  question: Question;
  value: Value;
  /** Whether the question is asked at all, given the answers before it. */
  asked: boolean;
  problem: string;
  /** Reasons why choices cannot be taken, by their position; empty where they can. */
  refused: string[];
}

const FALSE = new Set(["", "false", "no", "n", "off", "0", "none", "null"]);

/** Cast what a template gives to the type of its question, as Copier does. */
function cast(question: Question, value: Value): Value {
  if (question.choices.length) {
    const found = question.choices.find(([, choice]) => text(choice as Value) === (typeof value === "object" ? "" : text(value)));
    return found ? found[1] : value;
  }
  if (question.type === "bool") return typeof value === "boolean" ? value : !FALSE.has(text(value).trim().toLowerCase());
  if (question.type === "int" || question.type === "float") return Number(value);
  return value;
}

/** Go through the questions in order: what is not given takes its default, which may read what comes before. */
export function answer(data: WizardData, given: Record<string, Value>): Answer[] {
  const known: Record<string, Value> = {};
  return data.questions.map((question) => {
    const read = (coded: Coded): Value => render(coded, known, data.macros);
    const when = question.asked ? read(question.when) : false;
    const asked = typeof when === "string" ? !FALSE.has(when.trim().toLowerCase()) : truth(when);
    const refused = question.choices.map(([, , condition]) => reason(condition, { ...known }, data.macros));
    let value = asked && question.name in given ? given[question.name] : cast(question, read(question.default));
    if (question.choices.length && !question.many && !(question.name in given && asked)) {
      const at = question.choices.findIndex(([, choice]) => choice === value);
      const free = refused.findIndex((why) => !why);
      if (at < 0 && free >= 0) value = question.choices[free][1];
    }
    known[question.name] = value;
    const at = question.choices.findIndex(([, choice]) => choice === value);
    const problem = !asked ? "" : at >= 0 && refused[at] ? refused[at] : reason(question.validator, known, data.macros);
    return { question, value, asked, problem, refused };
  });
}

function reason(coded: Coded, known: Record<string, Value>, macros: Macros): string {
  try {
    const value = render(coded, known, macros);
    return value === null ? "" : text(value).trim();
  } catch (error) {
    if (error instanceof TemplateError) return ""; // `fairport new` judges it
    throw error;
  }
}

/** The file of answers: every value as JSON, which is YAML. */
export function answersFile(answers: Answer[]): string {
  const lines = answers.filter((one) => one.asked).map((one) => `${one.question.name}: ${JSON.stringify(one.value)}`);
  return ["# Answers for fairport new, made in the browser.", ...lines, ""].join("\n");
}

/** Answers that are about a person stay out of the address, and of the history of the browser. */
const PERSONAL = /^(author|contact)_/;

/** The answers that somebody gave as the part of an address after "#". */
export function writeAnswers(data: WizardData, given: Record<string, Value>): string {
  return data.questions
    .filter(({ name }) => name in given && name !== "created" && !PERSONAL.test(name))
    .map(({ name }) => `${encodeURIComponent(name)}=${encodeURIComponent(Array.isArray(given[name]) ? given[name].map(text).join(",") : text(given[name]))}`)
    .join("&");
}

/** The answers of an address; what is no question, or no choice of its question, is ignored. */
export function readAnswers(data: WizardData, hash: string): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    try {
      const question = data.questions.find((one) => one.asked && one.name === decodeURIComponent(part.slice(0, at)));
      const value = question && at > 0 ? readAnswer(question, decodeURIComponent(part.slice(at + 1))) : undefined;
      if (question && value !== undefined) found[question.name] = value;
    } catch {
      // a damaged part of an address costs that part only
    }
  }
  return found;
}

function readAnswer(question: Question, told: string): Value | undefined {
  const choice = (one: string): Value | undefined => question.choices.find(([, value]) => text(value) === one)?.[1];
  if (question.many) return told.split(",").map(choice).filter((value) => value !== undefined);
  if (question.choices.length) return choice(told);
  if (question.type === "bool") return cast(question, told);
  if (question.type === "int" || question.type === "float") return Number.isFinite(Number(told)) ? Number(told) : undefined;
  return told;
}

const shared = fairport();
let data: WizardData | null = null;
shared.questions = (given: WizardData) => void (data = given);
// For tests: what the form would answer.
shared.answers = (given: Record<string, Value>) =>
  data && answer(data, given).map(({ question, value, asked, problem, refused }) => ({ name: question.name, value, asked, problem, refused }));

shared.answersFile = (given: Record<string, Value>) => data && answersFile(answer(data, given));

class Wizard {
  private readonly root: HTMLElement;
  private readonly data: WizardData;
  private readonly given: Record<string, Value> = {};
  private readonly rows = new Map<string, { row: HTMLElement; field: HTMLElement; problem: HTMLElement }>();
  private readonly file = h("code", {});
  private readonly command = h("code", {});
  private readonly status = h("p", { role: "status" });
  private readonly button = h("button", { type: "button", class: "fp-button fp-button--first" }, "Save answers.yaml");

  constructor(root: HTMLElement, given: WizardData) {
    this.root = root;
    this.data = given;
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    if (given.questions.some((question) => question.name === "created")) this.given.created = today;
    Object.assign(this.given, readAnswers(given, location.hash));
  }

  start(): void {
    const form = h("form", { class: "fp-wizard", autocomplete: "off" });
    let section = "";
    let group: HTMLElement = form;
    for (const question of this.data.questions.filter((one) => one.asked)) {
      if (question.section !== section || group === form) {
        section = question.section;
        const title = section ? section[0].toUpperCase() + section.slice(1) : "Questions";
        group = h("fieldset", {}, h("legend", {}, title));
        form.append(group);
      }
      group.append(this.row(question));
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    this.button.addEventListener("click", () => this.save());
    clear(
      this.root,
      form,
      h("h2", { id: "result" }, "What you need"),
      this.status,
      h("p", {}, "1. Save the answers into the folder in which the repository shall be made:"),
      h("p", { class: "fp-row" }, this.button, copyButton("Copy the answers", () => this.file.textContent ?? "")),
      h("details", {}, h("summary", {}, "The file"), h("pre", { class: "fp-code", tabindex: 0, "aria-label": "answers.yaml" }, this.file)),
      h("p", {}, "2. Run there:"),
      h("div", { class: "fp-codebox" }, h("pre", { class: "fp-code", tabindex: 0, "aria-label": "command" }, this.command)),
      h("p", {}, copyButton("Copy the command", () => this.command.textContent ?? "")),
      h("p", { class: "fp-small" }, "The address of this page holds your answers, except those about you: keep or share it. ", this.again()),
    );
    this.update();
  }

  private again(): HTMLElement {
    const button = h("button", { type: "button", class: "fp-text" }, "Begin again");
    button.addEventListener("click", () => {
      for (const name of Object.keys(this.given)) if (name !== "created") delete this.given[name];
      this.update();
      this.root.querySelector<HTMLElement>("input, select, textarea")?.focus();
    });
    return button;
  }

  private row(question: Question): HTMLElement {
    const id = `fp-ask-${question.name}`;
    const field = this.field(question, id);
    const problem = h("p", { class: "fp-problem", id: `${id}-problem` });
    field.setAttribute("aria-describedby", problem.id);
    const label = question.many ? h("span", { id: `${id}-label` }, question.help) : h("label", { for: id, id: `${id}-label` }, question.help);
    const row = h("div", { class: "fp-ask", "data-name": question.name }, label, field, problem);
    this.rows.set(question.name, { row, field, problem });
    return row;
  }

  private field(question: Question, id: string): HTMLElement {
    const set = (value: Value): void => {
      this.given[question.name] = value;
      this.update();
    };
    if (question.choices.length) {
      const options = question.choices.map(([label], i) => h("option", { value: i }, label));
      const select = h("select", { id, multiple: question.many }, ...options);
      select.addEventListener("change", () => {
        const chosen = [...select.selectedOptions].map((option) => question.choices[Number(option.value)][1]);
        set(question.many ? chosen : chosen[0]);
      });
      return select;
    }
    if (question.type === "bool") {
      const select = h("select", { id }, h("option", { value: "yes" }, "yes"), h("option", { value: "no" }, "no"));
      select.addEventListener("change", () => set(select.value === "yes"));
      return select;
    }
    const long = question.multiline || question.name === "description";
    const input = long ? h("textarea", { id, rows: 4 }) : h("input", { id, type: "text", spellcheck: "false", placeholder: question.placeholder || null });
    input.addEventListener("input", () => {
      const number = question.type === "int" || question.type === "float";
      set(number ? Number(input.value) : input.value);
    });
    return input;
  }

  private update(): void {
    const answers = answer(this.data, this.given);
    for (const one of answers) {
      const parts = this.rows.get(one.question.name);
      if (!parts) continue;
      parts.row.hidden = !one.asked;
      parts.problem.textContent = one.problem ? `${one.problem[0].toUpperCase()}${one.problem.slice(1)}.` : "";
      parts.field.setAttribute("aria-invalid", String(one.problem !== ""));
      this.show(parts.field, one);
    }
    const bad = answers.filter((one) => one.problem);
    clear(this.status, bad.length ? `${bad.length} ${bad.length === 1 ? "answer needs" : "answers need"} another look: ` : "All answers can be used.", ...bad.flatMap((one, i) => [i ? ", " : "", h("a", { href: `#fp-ask-${one.question.name}` }, one.question.name.replace(/_/g, " "))]));
    this.button.disabled = bad.length > 0;
    this.file.textContent = answersFile(answers);
    const slug = answers.find((one) => one.question.name === "slug")?.value;
    const folder = typeof slug === "string" && /^[a-z0-9][a-z0-9-]*$/.test(slug) ? slug : "my-analysis";
    this.address();
    this.command.textContent = `fairport new ${folder} --defaults --data-file answers.yaml`;
  }

  private address(): void {
    const told = writeAnswers(this.data, this.given);
    try {
      history.replaceState(null, "", told ? `#${told}` : location.pathname + location.search);
    } catch {
      // some browsers count changes of the address; the answers are then written with the next one
    }
  }

  private show(field: HTMLElement, one: Answer): void {
    const { question, value } = one;
    if (field instanceof HTMLSelectElement && question.choices.length) {
      [...field.options].forEach((option, i) => {
        const choice = question.choices[i][1];
        option.selected = question.many && Array.isArray(value) ? value.includes(choice) : choice === value;
        option.hidden = option.disabled = one.refused[i] !== "" && !option.selected;
      });
    } else if (field instanceof HTMLSelectElement) field.value = value === true ? "yes" : "no";
    else if (field !== document.activeElement && (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) {
      field.value = value === null ? "" : text(value);
    }
  }

  private save(): void {
    save("answers.yaml", new Blob([this.file.textContent ?? ""], { type: "application/yaml;charset=utf-8" }));
  }
}

function ready(): void {
  const root = document.querySelector<HTMLElement>("[data-fp-wizard]");
  if (!root) return;
  load("questions.js").then(
    () => data && new Wizard(root, data).start(),
    () => undefined,
  );
}

if (typeof document !== "undefined") ready();
