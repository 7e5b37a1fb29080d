import Link from "@docusaurus/Link";
import type { ReactNode } from "react";
import styles from "./styles.module.css";

export interface TermEntry {
  readonly term: string;
  readonly definition: string;
}

interface Props {
  /** Slug of an entry in course/glossary.ts. */
  readonly id: string;
  /** The entry, put here by the remark plugin: a page carries its own words and no others. */
  readonly entry?: TermEntry;
  readonly children?: ReactNode;
}

/** A word of the glossary: its definition on hover or focus, the entry on click. */
export function Term({ id, entry, children }: Props) {
  if (entry === undefined) throw new Error(`<Term id="${id}">: no such entry in course/glossary.ts`);
  return (
    <span className={styles.term}>
      <Link to={`/docs/glossary#${id}`} aria-describedby={`term-${id}`}>
        {children ?? entry.term}
      </Link>
      <span role="tooltip" id={`term-${id}`} className={`${styles.tip} screen-only`}>
        {entry.definition}
      </span>
    </span>
  );
}
