// Bundles each test and gives it to Node's own test runner.

import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const folder = mkdtempSync(join(import.meta.dirname, "..", "node_modules", ".tests-"));
try {
  const tests = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts"));
  await build({
    entryPoints: tests.map((name) => join(import.meta.dirname, name)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
  });
  const files = readdirSync(folder).map((name) => join(folder, name));
  const done = spawnSync(process.execPath, ["--test", "--test-reporter=dot", ...files], { stdio: "inherit" });
  process.exitCode = done.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
