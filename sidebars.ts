import { existsSync } from "node:fs";
import type { SidebarsConfig } from "@docusaurus/plugin-content-docs";
import { parts } from "./course/manifest.ts";
import type { Part, System } from "./course/types.ts";

/** The sidebar is the manifest: written chapters link to their page, the others stand in their place as planned. */
const sidebars: SidebarsConfig = {
  course: [
    { type: "doc", id: "index", label: "Syllabus" },
    { type: "doc", id: "how-you-are-graded", label: "How you are graded" },
    ...parts.map((part) => ({
      type: "category" as const,
      label: part.title,
      collapsible: false,
      className: "lane-group",
      items: part.systems.map((system) => chapterItem(part, system)),
    })),
    {
      type: "category",
      label: "Reference",
      collapsible: false,
      items: [
        { type: "doc", id: "numbers", label: "Numbers" },
        { type: "doc", id: "topics", label: "Topics" },
        { type: "doc", id: "glossary", label: "Glossary" },
      ],
    },
  ],
};

export default sidebars;

function chapterItem(part: Part, system: System) {
  const id = `${part.slug}/${system.slug}`;
  if (existsSync(`docs/${id}.mdx`)) {
    return { type: "doc" as const, id, label: system.title, customProps: { system: system.slug } };
  }
  return {
    type: "html" as const,
    value: `<span class="planned-label">${system.title}<span class="planned-word"> planned</span></span>`,
    className: "lane-planned",
  };
}
