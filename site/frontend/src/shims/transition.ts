// Stands for d3-transition in the bundle: the figure moves without animation, so d3-zoom needs its names only.

import { selection } from "d3-selection";

export function interrupt(): void {}

(selection.prototype as unknown as { interrupt: () => unknown }).interrupt = function (this: unknown) {
  return this;
};
