// Entry of fp-plane.js: the interactive plane page.

import { fairport } from "./bundle.ts";
import type { ModelPoint } from "./judge.ts";
import { Explorer } from "./explore.ts";

const shared = fairport();

shared.explore = (root: HTMLElement, site: string, focus: boolean): void => {
  if (!shared.data.plane || !shared.data.site || root.dataset.fpReady !== undefined) return;
  const app = new Explorer(shared.data.plane, shared.data.site, site);
  app.mount(root, focus);
  // For the console, and for tests: the same verdicts and values as in the panels.
  shared.judge = (points: ModelPoint[], conjugate: boolean | null = null, ids?: string[]) => app.judgePoints(points, conjugate, ids);
  shared.envelopeAt = async (level: number, xs: number[]) => {
    await app.numbers();
    const { made } = app.envelopeOf(level);
    return made && { members: made.members, strongest: made.strongest, values: xs.map((x) => made.at(x)).map((value) => (Number.isNaN(value) ? null : value)) };
  };
  shared.compareAt = (x: number) => app.compareAt(x);
};
