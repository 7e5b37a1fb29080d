/**
 * Draws figures in a Chromium, one after the other in one page, which is opened with the first and closed when nothing
 * is left to draw.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Figure } from "./cache.ts";
import type { Drawing } from "./page.ts";
import { FONT, FONT_SIZE_PX } from "./theme.ts";
import { lying, pays } from "./wide.ts";

/** The browser is closed after so long without work. Longer than a build takes between two pages of a course. */
const IDLE_MS = 2_000;

export interface Renderer {
  /** `name` is `<system>/<name>`. Rejects with Mermaid's message when the text does not parse. */
  draw(name: string, source: string): Promise<Figure>;
  close(): Promise<void>;
}

/** `root` is the repository, `chromium` an executable. Nothing is started before the first figure is asked for. */
export function createRenderer(root: string, chromium: string): Renderer {
  let opened: Promise<{ readonly browser: Browser; readonly page: Page }> | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let idle: NodeJS.Timeout | undefined;

  async function close(): Promise<void> {
    clearTimeout(idle);
    const open = opened;
    opened = null;
    await (await open?.catch(() => null))?.browser.close();
  }

  return {
    draw(name, source) {
      clearTimeout(idle);
      waiting++;
      const job = queue.then(async () => {
        opened ??= open(root, chromium);
        const { page } = await opened;
        return drawBoth(page, name, source);
      });
      queue = job
        .catch(() => {})
        .finally(() => {
          if (--waiting > 0) return;
          idle = setTimeout(() => void close(), IDLE_MS);
          idle.unref();
        });
      return job;
    },
    close,
  };
}

// --- internal ---

async function drawBoth(page: Page, name: string, source: string): Promise<Figure> {
  const id = `figure-${name.replace(/[^a-z0-9]+/gi, "-")}`;
  const standing = await drawOne(page, source, id);
  const turned = lying(source);
  const wide = turned === null ? null : await drawOne(page, turned, `${id}-wide`);
  return { standing, wide: wide !== null && pays(standing, wide) ? wide : null };
}

function drawOne(page: Page, source: string, id: string): Promise<Drawing> {
  return page.evaluate(
    ([text, name]) => {
      const { figures, mermaid } = window as unknown as {
        figures: typeof import("./page.ts");
        mermaid: import("mermaid").Mermaid;
      };
      return figures.draw(mermaid, text, name);
    },
    [source, id] as const,
  );
}

async function open(root: string, chromium: string) {
  // Loaded here and not above: a build without a figure to draw needs neither.
  const [{ chromium: launcher }, { build }] = await Promise.all([import("playwright-core"), import("esbuild")]);
  const args = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking"];
  const [browser, bundle] = await Promise.all([
    launcher.launch({ executablePath: chromium, args }),
    build({
      entryPoints: [join(root, "site", "figures", "page.ts")],
      bundle: true,
      format: "iife",
      globalName: "figures",
      write: false,
    }),
  ]);
  const page = await browser.newPage();
  await page.setContent(`<!doctype html><style>${fontFace(root)} body { margin: 0; line-height: 1.6 }</style>`);
  await page.addScriptTag({ path: join(root, "node_modules", "mermaid", "dist", "mermaid.min.js") });
  await page.addScriptTag({ content: bundle.outputFiles[0]!.text });
  // The letters that a figure is measured with are those that the page shows it in.
  await page.evaluate((font) => document.fonts.load(font), `500 ${FONT_SIZE_PX}px ${FONT}`);
  return { browser, page };
}

function fontFace(root: string): string {
  const folder = join(root, "node_modules", "@fontsource-variable", "schibsted-grotesk", "files");
  const faces = ["latin", "latin-ext"].map((subset) => {
    const bytes = readFileSync(join(folder, `schibsted-grotesk-${subset}-wght-normal.woff2`)).toString("base64");
    const range = subset === "latin" ? "" : "unicode-range: U+0100-02FF, U+1E00-1EFF;";
    const source = `url(data:font/woff2;base64,${bytes}) format("woff2")`;
    return `@font-face { font-family: ${FONT}; font-weight: 400 900; ${range} src: ${source}; }`;
  });
  return faces.join("\n");
}
