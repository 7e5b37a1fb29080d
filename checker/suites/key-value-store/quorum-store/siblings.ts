/** What siblings must remain, told from what clients did: no versions, no vectors. */

export interface Put {
  /** Different in every put of a key. */
  readonly value: string;
  /** The siblings that its client had read, and put in the place of. */
  readonly read: readonly string[];
  readonly acknowledged: boolean;
}

/**
 * What is wrong with these siblings, if anything. A put has taken effect when it was acknowledged, or is seen, or was
 * read by one that has. An acknowledged put is among the siblings unless one that took effect had read it, or had read
 * one that had, and so on; a put that was read by one that took effect is not.
 */
export function wrongSiblings(puts: readonly Put[], siblings: readonly string[]): string | undefined {
  const byValue = new Map(puts.map((put) => [put.value, put]));
  const stranger = siblings.find((value) => !byValue.has(value));
  if (stranger !== undefined) return `${stranger} is among the siblings, and nobody put it`;
  const twice = siblings.find((value, i) => siblings.indexOf(value) !== i);
  if (twice !== undefined) return `${twice} is there twice`;

  /** Of what is there: everything that it has replaced, directly or not. */
  const replaced = new Set<string>();
  const visit = (value: string): void => {
    for (const read of byValue.get(value)?.read ?? []) {
      if (replaced.has(read)) continue;
      replaced.add(read);
      visit(read);
    }
  };
  for (const value of siblings) visit(value);

  const stale = siblings.find((value) => replaced.has(value));
  if (stale !== undefined) return `${stale} is among ${siblings.join(", ")}, one of which has replaced it`;
  for (const { value, acknowledged } of puts) {
    if (acknowledged && !siblings.includes(value) && !replaced.has(value))
      return `${value} was acknowledged, and neither it nor a put that had read it is among [${siblings.join(", ")}]`;
  }
  return undefined;
}
