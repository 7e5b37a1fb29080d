#!/usr/bin/env node
/**
 * JavaScript that a page loads before anything is asked for, compressed, against the budget.
 *
 *     node site/tools/page-weight.mjs [build folder] [path of a page]...
 *
 * Opens the pages that are named, or every page of a finished build, in Chromium without scrolling, and counts the
 * scripts that it fetches, by gzip (what most static hosts send; Brotli is smaller). Mermaid's files are listed apart:
 * a figure in the first screen may fetch them. The HTML alone would not do, because a page's own chunk is named only by
 * the running code. Exit code: 1 over budget, 2 without a build or a browser.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { args, chromium as executablePath } from "./chromium.mjs";

const budgetBytes = 250_000;
const root = path.resolve(process.argv[2] ?? "build");
if (!existsSync(root)) stop(`${root} does not exist; run "npx docusaurus build" first, or name the build folder`);
if (executablePath === undefined)
  stop("no Chromium found; install it (apt-get install -y chromium) or set CHROMIUM_PATH to its path");

const server = createServer(serve).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath, args });
let over = 0;
try {
  for (const route of routes()) {
    const { own, mermaid } = await weigh(route);
    if (own === 0) throw new Error(`${route} fetched no script; this tool no longer understands the build`);
    if (own > budgetBytes) over += 1;
    const later = mermaid > 0 ? `  + ${kilobytes(mermaid)} kB Mermaid, a figure is near the first screen` : "";
    console.log(`${own > budgetBytes ? "over" : "ok  "} ${kilobytes(own).padStart(5)} kB  ${route}${later}`);
  }
} finally {
  await browser.close();
  server.close();
}
console.log(`budget ${budgetBytes / 1000} kB a page; ${over} over`);
process.exitCode = over > 0 ? 1 : 0;

/** Bytes of scripts that one page fetches by itself, compressed. */
async function weigh(route) {
  const page = await browser.newPage();
  const scripts = new Set();
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.add(new URL(request.url()).pathname);
  });
  await page.goto(origin + route, { waitUntil: "load" });
  // Only the running page asks for its own chunk, and on a busy machine it runs late.
  await page.waitForFunction(() => document.documentElement.dataset.hasHydrated === "true");
  await page.waitForLoadState("networkidle");
  await page.close();
  let own = 0;
  let mermaid = 0;
  for (const script of scripts) {
    const bytes = readFileSync(path.join(root, script));
    const size = gzipSync(bytes, { level: 9 }).length;
    if (isMermaid(bytes.toString("utf8"))) mermaid += size;
    else own += size;
  }
  return { own, mermaid };
}

/** By strings that survive minification: Mermaid's own chunk, and the libraries that only it uses. */
function isMermaid(code) {
  return ["mermaidAPI", "flowchart-elk", "cytoscape", "dagre", "khroma", "curveBasis", "DOMPurify"].some((word) =>
    code.includes(word),
  );
}

function routes() {
  const named = process.argv.slice(3);
  if (named.length > 0) return named;
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".html") && entry.name !== "404.html")
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .map((file) => `/${file.replace(/(index)?\.html$/, "")}`)
    .sort();
}

function serve(request, response) {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const asked = path.join(root, path.normalize(decodeURIComponent(pathname)));
  const file = [asked, `${asked}.html`, path.join(asked, "index.html")].find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
  response.writeHead(file === undefined ? 404 : 200, {
    "content-type": types[path.extname(file ?? "")] ?? "application/octet-stream",
  });
  response.end(file === undefined ? "" : readFileSync(file));
}

function kilobytes(bytes) {
  return (bytes / 1000).toFixed(0);
}

function stop(reason) {
  console.error(reason);
  process.exit(2);
}
