import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { LoadContext, Plugin } from "@docusaurus/types";

/**
 * Wires the rooms of the course into Docusaurus: the theme in `site/theme`, `.mmd` files as text, and one page
 * `/interview/<system>` for each file in `course/interviews`. A new unit needs no line here.
 */
export default function coursePlugin({ siteDir, baseUrl }: LoadContext): Plugin {
  const interviewsDir = path.join(siteDir, "course/interviews");
  return {
    name: "backpressure-course",

    getThemePath: () => path.join(siteDir, "site/theme"),

    getPathsToWatch: () => [`${interviewsDir}/*.ts`],

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
      const index = await actions.createData("interviews.json", JSON.stringify(interviews));
      actions.addRoute({
        path: `${baseUrl}interview`,
        component: "@site/site/components/InterviewIndex/index.tsx",
        modules: { systems: index },
        exact: true,
      });
    },

    configureWebpack: () => ({
      module: { rules: [{ test: /\.mmd$/, type: "asset/source" }] },
    }),
  };
}

// --- internal ---

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
