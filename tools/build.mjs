/**
 * `npm run build`: the program into `dist/`, the report's page into `dist/ui/report.html`.
 *
 * A part whose sources are older than its output is skipped, so that building again costs nothing;
 * `--force` builds all the same.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGE = "dist/ui/report.html";
const STAMP = "dist/.built";
const COMMON = ["package-lock.json", "package.json", "tsconfig.json", "tools/build.mjs"];

/** Each part: what it is made of, the file that tells when, and how. */
const PARTS = [
  {
    title: "program",
    sources: [...COMMON, "tsconfig.build.json", "src"],
    output: STAMP,
    build: buildProgram,
  },
  {
    title: "report page",
    sources: [...COMMON, "ui", "src/report", "src/stages", "src/lib", "src/analysis"],
    output: PAGE,
    build: buildPage,
  },
];

process.chdir(ROOT);
const force = process.argv.includes("--force");
const results = await Promise.allSettled(PARTS.map(buildPart));
for (const { reason } of results.filter(({ status }) => status === "rejected")) {
  console.error(reason instanceof Error ? reason.message : reason);
  process.exitCode = 1;
}

async function buildPart({ title, sources, output, build }) {
  // Taken before the build: what changes while it goes on is newer than its output.
  const startedAt = new Date();
  if (!force && (await isFresh(sources, output))) return;
  await build();
  await utimes(output, startedAt, startedAt);
  console.log(`Built the ${title} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

async function isFresh(sources, output) {
  const built = await stat(output).catch(() => null);
  if (built === null) return false;
  const changed = await Promise.all(sources.map(newestMs));
  return Math.max(...changed) <= built.mtimeMs;
}

/** When anything at or under this path last changed; a deleted file touches its folder. */
async function newestMs(at) {
  const { mtimeMs } = await stat(at);
  const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
  const inside = entries
    .filter(({ name }) => !name.endsWith(".test.ts"))
    .map(({ name }) => newestMs(path.join(at, name)));
  return Math.max(mtimeMs, ...(await Promise.all(inside)));
}

async function buildProgram() {
  const tsc = path.join("node_modules", "typescript", "bin", "tsc");
  await run(process.execPath, [tsc, "-p", "tsconfig.build.json"]);
  await writeFile(STAMP, "");
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.on("error", reject);
    child.on("exit", (status) =>
      status === 0 ? resolve() : reject(new Error(`${args[0]} ended with status ${status}.`)),
    );
  });
}

async function buildPage() {
  const [{ build }, { viteSingleFile }] = await Promise.all([
    import("vite"),
    import("vite-plugin-singlefile"),
  ]);
  await build({
    configFile: false,
    root: "ui",
    logLevel: "warn",
    plugins: [viteSingleFile({ removeViteModuleLoader: true })],
    build: {
      outDir: path.resolve(path.dirname(PAGE)),
      emptyOutDir: true,
      target: "es2022",
      rollupOptions: { input: path.resolve("ui/report.html") },
    },
  });
  await writeFile(PAGE, allowOnlyOwnScripts(await readFile(PAGE, "utf8")));
}

/** Names the page's own scripts by hash in its policy, so that no other may ever run in it. */
function allowOnlyOwnScripts(html) {
  const scripts = [
    ...html.matchAll(/<script(?![^>]*application\/json)[^>]*>([\s\S]*?)<\/script>/g),
  ];
  const hashes = scripts.map(
    ([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  );
  return html.replace("script-src 'unsafe-inline'", () => `script-src ${hashes.join(" ")}`);
}
