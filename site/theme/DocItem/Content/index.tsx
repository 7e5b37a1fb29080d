import { useDoc } from "@docusaurus/plugin-content-docs/client";
import { ThemeClassNames } from "@docusaurus/theme-common";
import Heading from "@theme/Heading";
import MDXContent from "@theme/MDXContent";
import type { ReactNode } from "react";
import { findSystem } from "../../../../course/manifest.ts";
import { ChapterFoot } from "../../../components/ChapterFoot/index.tsx";
import { ChapterHead } from "../../../components/ChapterHead/index.tsx";

/**
 * A page of the course. A chapter, known by its file name, gets its question, its lane of exercises and a print button.
 */
export default function DocItemContent({ children }: { children: ReactNode }) {
  const { metadata, frontMatter, contentTitle } = useDoc();
  const system = findSystem(metadata.id.split("/").at(-1) ?? "");
  const ownTitle = !frontMatter.hide_title && contentTitle === undefined;
  return (
    <div className={`${ThemeClassNames.docs.docMarkdown} markdown`}>
      {system && <ChapterHead system={system} title={metadata.title} />}
      {!system && ownTitle && (
        <header>
          <Heading as="h1">{metadata.title}</Heading>
        </header>
      )}
      <MDXContent>{children}</MDXContent>
      {system && <ChapterFoot system={system} />}
    </div>
  );
}
