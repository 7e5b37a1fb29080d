import Link from "@docusaurus/Link";
import { useLocation } from "@docusaurus/router";
import { type ReactNode, useEffect, useRef } from "react";
import { useInPanel } from "../../lib/panel.ts";
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

/**
 * What must always hold, in one sentence. Suites cite its id; failures link here. Boxed in the text, and there it names
 * its topics; quiet inside an exercise's panel.
 */
export function Invariant(
  props: Children & { readonly id: string; readonly topics?: string; readonly titles?: Titles },
) {
  const { id, topics, titles, children } = props;
  const quiet = useInPanel();
  const anchor = useAnchor(id);
  if (quiet) {
    return (
      <div className={styles.quietInvariant} id={anchor}>
        <a className={styles.tag} href={`#${id}`}>
          Holds
        </a>
        <div>{children}</div>
      </div>
    );
  }
  return (
    <div className={styles.invariant} id={anchor}>
      <a className={styles.tag} href={`#${id}`}>
        Invariant
      </a>
      <div>
        {children}
        {topics !== undefined && <Topics of={topics} titles={titles} />}
      </div>
    </div>
  );
}

/** Title of each topic by its id, put here by the remark plugin. */
type Titles = Readonly<Record<string, string>>;

/** Ideas of the course that a deep dive or an invariant is about, with a way to where else they come up. */
export function Topics({ titles = {} }: { readonly of: string; readonly titles?: Titles | undefined }) {
  return (
    <p className={styles.topics}>
      {Object.entries(titles).map(([id, title], index) => (
        <span key={id}>
          {index > 0 && " · "}
          <Link to={`/docs/topics#${id}`}>{title}</Link>
        </span>
      ))}
    </p>
  );
}

/** A requirement of the scope, stated once; `<Meets>` answers it further down. */
export function Requirement({ id, children }: Children & { readonly id: string }) {
  return <span id={useAnchor(requirementAnchor(id))}>{children}</span>;
}

/** The table of what meets each requirement: requirement, mechanism, number. Holds one Markdown table. */
export function Requirements({ children }: Children) {
  return <div className={styles.requirements}>{children}</div>;
}

/** First cell of a row of `<Requirements>`: the requirement in a few words. */
export function Meets({ id, children }: Children & { readonly id: string }) {
  return <Link to={`#${requirementAnchor(id)}`}>{children}</Link>;
}

const requirementAnchor = (id: string): string => `requirement-${id}`;

/** Inside a panel: what only who builds the exercise needs. Closed until asked for, or until a link leads into it. */
export function Build({ title = "The contract in detail", children }: Children & { readonly title?: string }) {
  const frame = useRef<HTMLDetailsElement>(null);
  const { hash } = useLocation();
  useEffect(() => {
    const target = hash === "" ? null : document.getElementById(decodeURIComponent(hash.slice(1)));
    if (target === null || frame.current === null || !frame.current.contains(target)) return;
    frame.current.open = true;
    target.scrollIntoView();
  }, [hash]);
  return (
    <details ref={frame} className={styles.build}>
      <summary>{title}</summary>
      <div className={styles.body}>{children}</div>
    </details>
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
