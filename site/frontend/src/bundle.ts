// What the scripts of a page share: the data files call these functions, in any order.

import type { ExactData, PlaneData, SiteData } from "./types.ts";

export interface Fairport {
  data: { plane?: PlaneData; exact?: ExactData; site?: SiteData };
  plane(data: PlaneData): void;
  exact(data: ExactData): void;
  site(data: SiteData): void;
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
