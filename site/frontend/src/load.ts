// The only script that a plane page loads at once: it fetches the front end when somebody means to use it.

import { fairport, load } from "./bundle.ts";

function ready(): void {
  const root = document.querySelector<HTMLElement>("[data-fp-explore]");
  if (!root) return;
  const shared = fairport();
  const site = root.dataset.fpExplore ?? "";
  let started = false;
  const start = (focus: boolean): void => {
    if (started) return;
    started = true;
    Promise.all([load("data.js"), load(`${site}assets/fp-site.js`), load(`${site}assets/fp-plane.js`)]).then(
      () => (shared.explore as (root: HTMLElement, site: string, focus: boolean) => void)(root, site, focus),
      () => {
        started = false;
        const note = root.querySelector("[data-fp-note]");
        if (note) note.textContent = "The interactive figure could not be loaded. The figure and the tables of this page hold everything.";
      },
    );
  };
  const figure = root.querySelector("figure");
  figure?.addEventListener("pointerenter", () => start(false), { once: true });
  root.querySelector("[data-fp-start]")?.addEventListener("click", () => start(true));
  const addressed = (): void => {
    if (location.hash.includes("=")) start(false);
  };
  addressed();
  addEventListener("hashchange", addressed);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
else ready();
