/** Names near to what was typed, nearest first. */

const SUGGESTIONS = 3;

/** At most three of `names` that a slip of the fingers, or half of the name, could have meant. O(names x length²). */
export function closest(typed: string, names: readonly string[]): string[] {
  const wanted = typed.toLowerCase();
  return names
    .map((name, order) => ({ name, order, distance: nearness(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.distance - b.distance || a.order - b.order)
    .slice(0, SUGGESTIONS)
    .map(({ name }) => name);
}

/** Distance to the name, or to the half of an id that was typed. A part that is there as a whole counts as one slip. */
function nearness(typed: string, name: string): number {
  if (typed.length >= 3 && name.includes(typed)) return 1;
  const parts = typed.includes("/") ? [name] : [name, ...name.split("/")];
  return Math.min(...parts.map((part) => editDistance(typed, part)));
}

/** Damerau-Levenshtein with adjacent transpositions (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
