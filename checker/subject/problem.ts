/** Why a file cannot be judged: one problem, in words that lead on. */
export interface Problem {
  /** 1-based line of the learner's file, or null where no line is at fault. */
  readonly line: number | null;
  /** What was found. */
  readonly what: string;
  /** Why that is refused. */
  readonly why: string;
  /** What to do instead. */
  readonly next: string;
}

/** Problems beyond these say nothing new. */
const SHOWN = 5;

/** One paragraph a problem: place, what, why, next step. Not wrapped; the failure text wraps. */
export function problemsText(fileName: string, problems: readonly Problem[]): string {
  const told = new Set<string>();
  for (const { line, what, why, next } of problems) {
    const place = line === null ? fileName : `${fileName}:${line}`;
    // The same thing twice on one line is one problem.
    told.add(`${place}  ${what}. ${why}. ${next}.`);
  }
  const lines = [...told];
  const more = lines.length - SHOWN;
  return [...lines.slice(0, SHOWN), ...(more > 0 ? [`… and ${more} more`] : [])].join("\n");
}
