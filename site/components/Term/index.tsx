import Link from "@docusaurus/Link";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
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

/** A word of the glossary: its definition on hover, focus or the first tap, the entry on click or the second tap. */
export function Term({ id, entry, children }: Props) {
  if (entry === undefined) throw new Error(`<Term id="${id}">: no such entry in course/glossary.ts`);
  const tip = useId();
  const word = useRef<HTMLSpanElement>(null);
  const [opened, setOpened] = useState(false);
  const pointer = useRef("");

  useEffect(() => {
    if (!opened) return;
    const closeUnlessOn = (event: PointerEvent) => {
      if (!word.current?.contains(event.target as Node)) setOpened(false);
    };
    document.addEventListener("pointerdown", closeUnlessOn);
    return () => document.removeEventListener("pointerdown", closeUnlessOn);
  }, [opened]);

  return (
    <span ref={word} className={styles.term}>
      <Link
        to={`/docs/glossary#${id}`}
        aria-describedby={tip}
        onPointerDown={(event) => {
          pointer.current = event.pointerType;
        }}
        onClick={(event) => {
          // A finger has no hover. A click that no pointer made, by the keyboard, follows the link.
          const byFinger = pointer.current === "touch";
          pointer.current = "";
          if (opened || !byFinger) return;
          event.preventDefault();
          setOpened(true);
        }}
      >
        {children ?? entry.term}
      </Link>
      <span role="tooltip" id={tip} className={`${styles.tip} screen-only`} data-opened={opened}>
        {entry.definition}
      </span>
    </span>
  );
}
