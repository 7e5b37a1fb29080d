import type { Options as PresetOptions, ThemeConfig } from "@docusaurus/preset-classic";
import type { Config } from "@docusaurus/types";
import { findChromium } from "./checker/machine/programs.mjs";
import graderPlugin from "./checker/server/plugin.ts";
import coursePlugin from "./site/plugins/course.ts";
import { parseFrontMatter } from "./site/plugins/front-matter.ts";
import remarkCourseData from "./site/plugins/remark-course-data.ts";
import { prismTheme } from "./site/theme/prism/theme.ts";

/**
 * Where the site is published. A build without BACKPRESSURE_URL works on any host, but its canonical links point at
 * this machine, so it has no site map. (Not `noIndex`: the local search leaves out pages that ask robots to stay away.)
 */
const publishedUrl = process.env.BACKPRESSURE_URL;

const css = ["fonts", "tokens", "base", "chrome", "code", "search", "print"].map((name) => `./site/css/${name}.css`);

const preset: PresetOptions = {
  docs: {
    path: "docs",
    routeBasePath: "docs",
    sidebarPath: "./sidebars.ts",
    beforeDefaultRemarkPlugins: [remarkCourseData],
    breadcrumbs: false,
  },
  blog: false,
  pages: { path: "site/pages" },
  theme: { customCss: css },
  sitemap: publishedUrl === undefined ? false : {},
};

const themeConfig: ThemeConfig = {
  colorMode: { respectPrefersColorScheme: true },
  docs: { sidebar: { hideable: false, autoCollapseCategories: false } },
  navbar: {
    title: "Backpressure",
    items: [
      { to: "/docs/", label: "Syllabus", activeBaseRegex: "^/docs/$" },
      { to: "/interview", label: "Interviews" },
      { to: "/docs/glossary", label: "Glossary" },
      { to: "/docs/how-you-are-graded", label: "How you are graded" },
      { type: "search", position: "right" },
    ],
  },
  // Every page loads every language; TypeScript is in site/theme/prism. With none, Prism lists all that it knows.
  prism: { theme: prismTheme, darkTheme: prismTheme, additionalLanguages: ["json"] },
  tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
};

const config: Config = {
  title: "Backpressure",
  tagline: "The system-design course that pushes back",
  favicon: "img/favicon.svg",
  url: publishedUrl ?? "http://localhost:3000",
  baseUrl: process.env.BACKPRESSURE_BASE ?? "/",
  trailingSlash: false,
  onBrokenLinks: "throw",
  onBrokenAnchors: "throw",
  onDuplicateRoutes: "throw",
  markdown: {
    parseFrontMatter,
    hooks: { onBrokenMarkdownLinks: "throw", onBrokenMarkdownImages: "throw" },
  },
  staticDirectories: ["site/static"],
  // Cascade layers are compiled for old browsers into selectors that beat every rule of ours.
  future: {
    v4: { removeLegacyPostBuildHeadAttribute: true, useCssCascadeLayers: false },
    faster: true,
    // No page shows when it was changed: the history of the repository need not be read.
    experimental_vcs: false,
  },
  presets: [["classic", preset]],
  // Under `npm start` only; a built site has neither its token nor its API.
  plugins: [[coursePlugin, { chromium: findChromium() }], ...(process.env.BP_GRADER === "1" ? [graderPlugin] : [])],
  themes: [
    [
      "@easyops-cn/docusaurus-search-local",
      {
        hashed: true,
        indexBlog: false,
        docsDir: "docs",
        docsRouteBasePath: "docs",
        highlightSearchTermsOnTargetPage: true,
        searchBarShortcutKeymap: "mod+k",
        searchResultLimits: 8,
      },
    ],
  ],
  themeConfig,
};

export default config;
