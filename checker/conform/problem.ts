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
  const lines = problems.slice(0, SHOWN).map(({ line, what, why, next }) => {
    const place = line === null ? fileName : `${fileName}:${line}`;
    return `${place}  ${what}. ${why}. ${next}.`;
  });
  const more = problems.length - SHOWN;
  if (more > 0) lines.push(`… and ${more} more`);
  return lines.join("\n");
}
