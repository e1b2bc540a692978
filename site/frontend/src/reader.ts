// Reading a figure by the keyboard: the focused curve, a cursor along it, and the way to the next curve.

import type { Hit } from "./look.ts";
import { heightAt } from "./nearest.ts";
import type { Frame, Projected } from "./shapes.ts";

/** What is read: the curves as they are drawn, the frame, and the links that take the focus. */
export interface Reading {
  readonly curves: SVGGElement;
  frame(): Frame;
  drawn(): Projected[];
  anchor(id: string): SVGAElement | null;
  hit(id: string, px: number, py: number): Hit;
  /** What is read is shown, ``null`` where the focused curve is nowhere in the frame. */
  show(hit: Hit | null): void;
  scaleBy(factor: number): void;
}

export class KeyReader {
  focused: string | null = null;
  /** Where the cursor is between the sides of the frame, from 0 to 1. */
  private cursor = 0.5;
  private readonly figure: Reading;

  constructor(figure: Reading) {
    this.figure = figure;
    figure.curves.addEventListener("keydown", (event) => this.key(event));
    figure.curves.addEventListener("focusin", (event) => this.focusin(event));
    figure.curves.setAttribute("tabindex", "-1"); // Chromium puts what listens to focus into the order of Tab
  }

  private focusin(event: FocusEvent): void {
    const id = (event.target as Element).closest("[data-id]")?.getAttribute("data-id");
    if (!id) return;
    for (const node of this.figure.curves.querySelectorAll('[tabindex="0"]')) node.setAttribute("tabindex", "-1");
    this.figure.anchor(id)?.setAttribute("tabindex", "0");
    this.focused = id;
    this.tell();
  }

  /** Say what the focused curve says at the cursor; a curve that is not drawn there moves the cursor. */
  private tell(): void {
    const one = this.figure.drawn().find((entry) => entry.curve.data.id === this.focused);
    if (!one) return;
    const frame = this.figure.frame();
    const wanted = this.place(frame);
    const y = heightAt(one, wanted);
    const found = y === null ? nearestPoint(one, wanted, frame) : ([wanted, y] as const);
    if (!found) {
      this.figure.show(null);
      return;
    }
    this.cursor = (found[0] - frame.left) / (frame.right - frame.left);
    this.figure.show(this.figure.hit(one.curve.data.id, ...found));
  }

  private place({ left, right }: Frame): number {
    return left + this.cursor * (right - left);
  }

  private key(event: KeyboardEvent): void {
    const steps: Record<string, () => void> = {
      ArrowRight: () => this.step(event.shiftKey ? 0.1 : 0.02),
      ArrowLeft: () => this.step(event.shiftKey ? -0.1 : -0.02),
      ArrowUp: () => this.neighbour(-1),
      ArrowDown: () => this.neighbour(1),
      Home: () => this.step(-1),
      End: () => this.step(1),
      "+": () => this.figure.scaleBy(1.5),
      "=": () => this.figure.scaleBy(1.5),
      "-": () => this.figure.scaleBy(1 / 1.5),
    };
    const act = steps[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  private step(by: number): void {
    this.cursor = Math.min(Math.max(this.cursor + by, 0), 1);
    this.tell();
  }

  /** Go to the next curve above or below at the cursor; those that are not there come last. */
  private neighbour(direction: 1 | -1): void {
    const x = this.place(this.figure.frame());
    const order = this.figure
      .drawn()
      .map((one) => ({ id: one.curve.data.id, y: heightAt(one, x) ?? Infinity }))
      .sort((a, b) => a.y - b.y || (a.id < b.id ? -1 : 1));
    const now = order.findIndex((one) => one.id === this.focused);
    const next = order[(now + direction + order.length) % order.length];
    if (next) this.figure.anchor(next.id)?.focus();
  }
}

/** The point of a curve that is nearest to a horizontal place and inside the frame, in pixels. */
function nearestPoint(one: Projected, x: number, { left, right }: Frame): readonly [number, number] | null {
  let best = Infinity;
  let found: readonly [number, number] | null = null;
  one.xs.forEach((xs, k) =>
    xs.forEach((px, i) => {
      const py = one.ys[k][i];
      const distance = Math.abs(px - x);
      if (distance < best && px >= left && px <= right && py > -9000) [best, found] = [distance, [px, py]];
    }),
  );
  return found;
}
