import { useDoc } from "@docusaurus/plugin-content-docs/client";
import { ThemeClassNames } from "@docusaurus/theme-common";
import Heading from "@theme/Heading";
import MDXContent from "@theme/MDXContent";
import type { ReactNode } from "react";
import { ChapterFoot } from "../../../components/ChapterFoot/index.tsx";
import { ChapterHead } from "../../../components/ChapterHead/index.tsx";
import type { ChapterFrontMatter } from "../../../plugins/front-matter.ts";

/** A page of the course. A chapter gets its question, its lane of exercises and a print button. */
export default function DocItemContent({ children }: { children: ReactNode }) {
  const { metadata, frontMatter, contentTitle } = useDoc();
  const { chapter } = frontMatter as ChapterFrontMatter;
  const ownTitle = !frontMatter.hide_title && contentTitle === undefined;
  return (
    <div className={`${ThemeClassNames.docs.docMarkdown} markdown`}>
      {chapter && <ChapterHead {...chapter} title={metadata.title} />}
      {!chapter && ownTitle && (
        <header>
          <Heading as="h1">{metadata.title}</Heading>
        </header>
      )}
      <MDXContent>{children}</MDXContent>
      {chapter && <ChapterFoot system={chapter.system.slug} />}
    </div>
  );
}
