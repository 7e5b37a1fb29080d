import { type CSSProperties, type ReactNode, useId, useRef, useState } from "react";
import { useOverflow } from "../../lib/useOverflow.ts";
import styles from "./text.module.css";

interface ToldProps {
  /** Lines of text that it has room for, wide and narrow. */
  readonly lines: number;
  readonly narrowLines?: number;
  /** It changes when the reader has done something, and is read out then. */
  readonly live?: boolean;
  readonly children: ReactNode;
}

/** Text that changes, in room for a number of lines: what is longer scrolls, and nothing below moves. */
export function Told({ lines, narrowLines = lines, live = false, children }: ToldProps) {
  const frame = useRef<HTMLDivElement>(null);
  const scrolls = useOverflow(frame);
  return (
    <div
      ref={frame}
      className={styles.told}
      style={{ "--lines": lines, "--narrow-lines": narrowLines } as CSSProperties}
      {...(scrolls && { tabIndex: 0 })}
      {...(live && { "aria-live": "polite" })}
    >
      {children}
    </div>
  );
}

interface LogProps {
  readonly title: string;
  /** The title stands elsewhere, on a tab. */
  readonly bare?: boolean;
  /** List items, the latest first. */
  readonly children: ReactNode;
}

/** What has happened, the latest first, in the height that the frame gives it. */
export function Log({ title, bare = false, children }: LogProps) {
  const list = useRef<HTMLOListElement>(null);
  const scrolls = useOverflow(list);
  return (
    <div className={styles.log}>
      {!bare && <Title>{title}</Title>}
      <ol ref={list} aria-label={`${title}, the latest first`} {...(scrolls && { tabIndex: 0 })}>
        {children}
      </ol>
    </div>
  );
}

/** Above a part of a slot. */
export function Title({ children }: { children: ReactNode }) {
  return <h4 className={styles.title}>{children}</h4>;
}

interface FoldProps {
  readonly title: string;
  /** In a wide frame there is room for it: it is always open. */
  readonly openWhenWide?: boolean;
  readonly children: ReactNode;
}

/** What is read once: a legend, what a scenario is about. */
export function Fold({ title, openWhenWide = false, children }: FoldProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.fold} data-open-when-wide={openWhenWide}>
      <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <span aria-hidden="true">{open ? "−" : "+"}</span> {title}
      </button>
      <div id={id} className={styles.content} data-open={open}>
        {children}
      </div>
    </div>
  );
}

/** Read out, not seen: what a short label leaves to the eye. */
export function Hidden({ children }: { children: ReactNode }) {
  return <span className={styles.hidden}>{children}</span>;
}
