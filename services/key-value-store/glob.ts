/**
 * Whether `text` matches a pattern as SCAN takes it: `*` any text, `?` any character, `[abc]`, `[^a-z]`, and `\` before
 * a character that stands for itself. O(pattern * text) whatever the pattern is: only the last `*` is ever tried again,
 * since what an earlier one could match more of, the later one can.
 */
export function matches(pattern: string, text: string): boolean {
  let [p, t] = [0, 0];
  let [star, resume] = [-1, 0];
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = ++p;
      resume = t;
      continue;
    }
    const length = p < pattern.length ? oneMatches(pattern, p, text[t]!) : 0;
    if (length > 0) {
      p += length;
      t++;
    } else if (star >= 0) {
      p = star;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** Characters of the pattern at `p` that stand for `character`; 0 when they do not. */
function oneMatches(pattern: string, p: number, character: string): number {
  if (pattern[p] === "?") return 1;
  if (pattern[p] === "\\" && p + 1 < pattern.length) return pattern[p + 1] === character ? 2 : 0;
  if (pattern[p] === "[") return classMatches(pattern, p, character);
  return pattern[p] === character ? 1 : 0;
}

/** A class that is not closed goes to the end of the pattern, as in Redis. */
function classMatches(pattern: string, start: number, character: string): number {
  let p = start + 1;
  const isNegated = pattern[p] === "^";
  if (isNegated) p++;
  let isIn = false;
  for (; p < pattern.length && pattern[p] !== "]"; p++) {
    if (pattern[p] === "\\" && p + 1 < pattern.length) p++;
    const from = pattern[p]!;
    let to = from;
    if (pattern[p + 1] === "-" && p + 2 < pattern.length && pattern[p + 2] !== "]") {
      to = pattern[p + 2]!;
      p += 2;
    }
    if ((from <= character && character <= to) || (to <= character && character <= from)) isIn = true;
  }
  return isIn === isNegated ? 0 : Math.min(p + 1, pattern.length) - start;
}
