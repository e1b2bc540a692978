// Bundles each entry into a classic script: pages opened from a folder cannot load modules.

import { build } from "esbuild";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const ENTRIES = { load: "src/load.ts", plane: "src/plane.ts", tools: "src/tools.ts", search: "src/search.ts", wizard: "src/wizard.ts" };
const BUDGET = { load: 1_500, plane: 40_000, tools: 12_000, search: 8_000, wizard: 10_000 };

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
const made = await build({
  entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [`fp-${name}`, path])),
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  alias: { "d3-transition": "./src/shims/transition.ts", "d3-interpolate": "./src/shims/interpolate.ts" },
  metafile: true,
});

let over = false;
for (const [name, budget] of Object.entries(BUDGET)) {
  const size = gzipSync(readFileSync(`dist/fp-${name}.js`), { level: 9 }).length;
  over ||= size > budget;
  console.log(`frontend: fp-${name}.js ${size} of ${budget} bytes (gzip)`);
}

const packages = new Set();
for (const path of Object.keys(made.metafile.inputs)) {
  const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
  if (match) packages.add(match[1]);
}
const notices = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence file`);
  return `${name} ${version}\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
writeFileSync("dist/LICENSES.txt", `The scripts beside this file contain:\n\n${notices.join("\n----\n\n")}`);
if (over) {
  console.error("frontend: a bundle is over its budget");
  process.exit(1);
}
