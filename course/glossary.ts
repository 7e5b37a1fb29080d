import { aToK } from "./glossary/a-to-k.ts";
import { lToQ } from "./glossary/l-to-q.ts";
import { rToZ } from "./glossary/r-to-z.ts";

/** Words of the course, each defined once. Chapters link here with `<Term id>`; definitions are exact and our own. */
export interface GlossaryEntry {
  /** Kebab-case; the anchor on the glossary page. */
  readonly id: string;
  readonly term: string;
  /** Plain text, one to three sentences. */
  readonly definition: string;
  /** Ids of entries worth reading next. */
  readonly see?: readonly string[];
  /** Systems whose chapters lean on the word, by slug. */
  readonly systems?: readonly string[];
}

/** In alphabetical order of `term`; a test keeps it so. */
export const glossary: readonly GlossaryEntry[] = [...aToK, ...lToQ, ...rToZ];

export const findTerm = (id: string): GlossaryEntry | undefined => glossary.find((entry) => entry.id === id);
