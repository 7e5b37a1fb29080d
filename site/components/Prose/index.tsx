import type { ReactNode } from "react";
import { useAnchor } from "../../lib/useAnchor.ts";
import styles from "./styles.module.css";

interface Children {
  readonly children: ReactNode;
}

/** The interviewer's words. */
export function Question({ who = "Interviewer", children }: Children & { readonly who?: string }) {
  return (
    <blockquote className={styles.question}>
      <span className={styles.who}>{who}</span>
      {children}
    </blockquote>
  );
}

/** A number of someone else's; the reader can go and see whose. */
export function Cited({ source, children }: Children & { readonly source: string }) {
  return (
    <span className={styles.cited} data-source={source}>
      {children}
      <a href={`#source-${source}`} aria-label={`Source: ${source}`}>
        *
      </a>
    </span>
  );
}

/** What must always hold, in one sentence. Suites cite its id; failures link here. */
export function Invariant({ id, children }: Children & { readonly id: string }) {
  return (
    <div className={styles.invariant} id={useAnchor(id)}>
      <a className={styles.tag} href={`#${id}`}>
        Invariant
      </a>
      <div>{children}</div>
    </div>
  );
}

/** A question to answer before reading on. */
export function Predict({ question, children }: Children & { readonly question: ReactNode }) {
  return (
    <details className={styles.predict}>
      <summary>
        <span className={styles.tag}>Predict</span>
        <span className={styles.asked}>{question}</span>
        <span className={styles.reveal}>Answer</span>
      </summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}

/** A question that comes after the design stands; the answer stays closed until asked for. */
export function FollowUp(props: Children & { readonly question: ReactNode; readonly level?: string }) {
  return (
    <details className={styles.followUp}>
      <summary>
        {props.question}
        {props.level && <span className={styles.level}> {props.level}</span>}
      </summary>
      <div className={styles.body}>{props.children}</div>
    </details>
  );
}

export function Sources({ children }: Children) {
  return <ul className={`sources ${styles.sources}`}>{children}</ul>;
}

interface SourceProps {
  readonly id: string;
  readonly title: ReactNode;
  readonly author?: string;
  readonly year?: string | number;
  readonly href?: string;
  /** What was checked and when, e.g. "read 2025-10". */
  readonly checked?: string;
  /** What was taken from it. */
  readonly children?: ReactNode;
}

export function Source({ id, title, author, year, href, checked, children }: SourceProps) {
  return (
    <li id={useAnchor(`source-${id}`)}>
      {author && `${author}. `}
      {href === undefined ? <cite>{title}</cite> : <a href={href}>{title}</a>}
      {year !== undefined && `, ${year}`}.
      {checked && <span className={styles.checked}> Checked: {checked.replace(/\.$/, "")}.</span>}
      {children && <div className={styles.taken}>{children}</div>}
    </li>
  );
}
