import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { LoadContext, Plugin } from "@docusaurus/types";
import { type Chapter, mostWords, readChapter } from "../../course/chapter.ts";
import { chapterPath, systems } from "../../course/manifest.ts";
import { type Desk, openDesk } from "../figures/desk.ts";
import { mentionsOf } from "../lib/topics.ts";
import type { Written } from "../lib/useWritten.ts";
import { courseIndex, systemRows, verifiedBySystem } from "./course-data.ts";
import { MermaidFiles, mermaidEntry } from "./mermaid-files.ts";
import { tell, tellWhenBundled } from "./stages.ts";

/**
 * Wires the rooms of the course into Docusaurus: the theme in `site/theme`, `.mmd` files as figures, minutes to read
 * and topics from the text of the chapters, and one page `/interview/<system>` for each file in `course/interviews`. A
 * new unit needs no line here.
 */
export interface CourseOptions {
  /** A browser that draws the figures at build time; null where there is none. */
  readonly chromium: string | null;
}

/** Where the loader of figures, which the bundler loads by itself, finds the desk. */
const DESK = "backpressure-figures";

export default function coursePlugin({ siteDir, baseUrl }: LoadContext, options: unknown): Plugin {
  const { chromium } = options as CourseOptions;
  tell("read");
  const desk = openDesk(siteDir, chromium);
  (globalThis as unknown as Record<string, Desk>)[DESK] = desk;
  const interviewsDir = path.join(siteDir, "course/interviews");
  return {
    name: "backpressure-course",

    getThemePath: () => path.join(siteDir, "site/theme"),

    getPathsToWatch: () => [`${interviewsDir}/*.ts`, path.join(siteDir, "docs/*/*.mdx")],

    async contentLoaded({ actions }) {
      const interviews = systemsWithInterview(interviewsDir);
      for (const system of interviews) {
        const module = await actions.createData(`interview-${system}.js`, interviewModule(system));
        actions.addRoute({
          path: `${baseUrl}interview/${system}`,
          component: "@site/site/components/Interview/index.tsx",
          modules: { interview: module },
          exact: true,
        });
      }
      const chapters = readChapters(siteDir);
      for (const [slug, { reading }] of chapters) refuseLength(slug, reading.words);
      const minutes = Object.fromEntries([...chapters].map(([slug, { reading }]) => [slug, reading.minutes]));
      const written: Written = { chapters: [...chapters.keys()], interviews, minutes };
      actions.setGlobalData({ ...written, systems: courseIndex() });
      // Imported by the pages that show them: too large to be carried by every page.
      await actions.createData("topics.json", JSON.stringify(mentionsOf(chapters)));
      await actions.createData("systems.json", JSON.stringify(systemRows()));
      for (const [{ slug }, exercises] of verifiedBySystem(siteDir))
        await actions.createData(`verified-${slug}.json`, JSON.stringify(exercises));
      const rehearsable = systemRows().filter(({ slug }) => interviews.includes(slug));
      const index = await actions.createData("interviews.json", JSON.stringify(rehearsable));
      actions.addRoute({
        path: `${baseUrl}interview`,
        component: "@site/site/components/InterviewIndex/index.tsx",
        modules: { systems: index },
        exact: true,
      });
      tell("bundle");
    },

    async postBuild() {
      tell("index");
      // Not left to the idle browser's own end: a build ends when nothing is left to wait for.
      await desk.close();
    },

    configureWebpack: (_config, isServer) => ({
      resolve: {
        alias: {
          "prism-react-renderer$": path.join(siteDir, "site/theme/prism/renderer.tsx"),
          // The search asks for it by its path.
          [`${createRequire(import.meta.url).resolve("mark.js")}$`]: path.join(siteDir, "site/lib/lateMark.ts"),
        },
      },
      module: {
        rules: [
          {
            test: /\.mdx$/,
            include: [path.join(siteDir, "docs")],
            enforce: "pre",
            use: [{ loader: path.join(siteDir, "site/plugins/page-sources.cjs"), options: { root: siteDir } }],
          },
          {
            test: /\.mmd$/,
            type: "javascript/auto",
            use: [
              {
                loader: path.join(siteDir, "site/figures/loader.cjs"),
                options: { desk: DESK, isServer, root: siteDir },
              },
            ],
          },
        ],
      },
      ...cacheUntilChanged(path.join(siteDir, "site/plugins")),
      // Only an effect of a page loads it: the server's build never runs it.
      externals: { mermaid: isServer ? "commonjs mermaid" : `import ${baseUrl}${mermaidEntry(siteDir)}` },
      plugins: isServer ? [tellWhenBundled] : [new MermaidFiles(siteDir)],
    }),
  };
}

// --- internal ---

/** The bundler's cache is thrown away when what makes pages of MDX has changed; see also page-sources.cjs. */
function cacheUntilChanged(folder: string): object {
  if (process.env.DOCUSAURUS_NO_PERSISTENT_CACHE) return {};
  const buildDependencies = readdirSync(folder).map((file) => path.join(folder, file));
  return { experiments: { cache: { buildDependencies } } };
}

/** Every chapter that is written, by the slug of its system, in reading order. */
function readChapters(siteDir: string): ReadonlyMap<string, Chapter> {
  const files = systems.map(({ slug }) => [slug, path.join(siteDir, `${chapterPath(slug)}.mdx`)] as const);
  return new Map(
    files.filter(([, file]) => existsSync(file)).map(([slug, file]) => [slug, readChapter(readFileSync(file, "utf8"))]),
  );
}

/**
 * The head of a chapter shows minutes that a reader can trust, so a longer one is not built; see remark-course-data.
 */
function refuseLength(slug: string, words: number): void {
  if (words <= mostWords) return;
  const message = `The chapter of ${slug} has ${words} words to read; ${mostWords} are the most.`;
  if (process.env.NODE_ENV === "production" && process.env.BACKPRESSURE_DRAFT === undefined) throw new Error(message);
  console.warn(message);
}

function systemsWithInterview(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && file !== "index.ts")
    .map((file) => path.basename(file, ".ts"))
    .sort();
}

/** A route's module must have a default export; interview files export their data under a name of their own. */
function interviewModule(system: string): string {
  return [
    `import * as file from "@site/course/interviews/${system}.ts";`,
    `export default Object.values(file).find((value) => value?.system === ${JSON.stringify(system)});`,
    "",
  ].join("\n");
}
