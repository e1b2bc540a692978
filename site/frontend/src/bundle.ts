// What the scripts of a page share: the data files call these functions, in any order.

import type { App } from "./app.ts";
import type { Panel } from "./tabs.ts";
import type { ExactData, PlaneData, SiteData, TranslatedData } from "./types.ts";

/** Panels that a bundle of their own holds. */
export type Tools = Record<"models" | "own" | "save", (app: App) => Panel>;

export interface Fairport {
  data: { plane?: PlaneData; exact?: ExactData; site?: SiteData; translated?: Record<string, TranslatedData> };
  tools?: Tools;
  plane(data: PlaneData): void;
  exact(data: ExactData): void;
  site(data: SiteData): void;
  translated(data: TranslatedData): void;
  [name: string]: unknown;
}

declare global {
  interface Window {
    fairport: Fairport;
  }
}

export function fairport(): Fairport {
  if (!window.fairport) {
    const data: Fairport["data"] = {};
    window.fairport = {
      data,
      plane: (plane) => void (data.plane = plane),
      exact: (exact) => void (data.exact = exact),
      site: (site) => void (data.site = site),
      translated: (one) => void (data.translated = { ...data.translated, [one.id]: one }),
    };
  }
  return window.fairport;
}

const loads = new Map<string, Promise<void>>();

/** Load a classic script once; pages opened from a folder can load nothing else. */
export function load(address: string): Promise<void> {
  let pending = loads.get(address);
  if (!pending) {
    pending = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", () => resolve());
      script.addEventListener("error", () => {
        loads.delete(address);
        reject(new Error(`${address} could not be loaded`));
      });
      document.head.append(script);
    });
    loads.set(address, pending);
  }
  return pending;
}
