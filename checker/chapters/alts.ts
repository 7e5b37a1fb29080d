/**
 * A figure's text alternative against the figure: a reader who cannot see it must hear of the same boxes. The labels
 * are read from the Mermaid text; a label counts as told when one of its words stands in the alternative.
 */

/** Longer than this is a second chapter. */
const mostWords = 130;
/** Of a flowchart's or a layout's boxes, so many must be told; lanes and states all. */
const leastShare = 0.75;

/** What is wrong with the alternative of a figure; empty when nothing is. */
export function altProblems(mermaid: string, alt: string): string[] {
  const problems: string[] = [];
  const words = alt.split(/\s+/).filter((word) => word !== "").length;
  if (words < 10) problems.push(`the alternative has ${words} words: say what the picture shows`);
  if (words > mostWords) problems.push(`the alternative has ${words} words; ${mostWords} are the most`);
  if (/^(?:an? |the )?(?:image|picture|diagram|figure|illustration)\b/i.test(alt))
    problems.push("the alternative begins with what a screen reader says anyway: begin with the first box");
  const { labels, all } = labelsOf(mermaid);
  const untold = labels.filter((label) => !isTold(label, alt));
  if (untold.length > (all ? 0 : Math.floor(labels.length * (1 - leastShare) + 1e-9)))
    problems.push(`the alternative does not tell of: ${untold.join("; ")}`);
  return problems;
}

/** The texts of boxes, lanes and states, line breaks as spaces. `all`: every one of them must be told. */
export function labelsOf(mermaid: string): { readonly labels: readonly string[]; readonly all: boolean } {
  const lines = mermaid.split("\n").filter((line) => !line.trim().startsWith("%%"));
  const kind = lines.find((line) => line.trim() !== "")?.trim() ?? "";
  if (kind.startsWith("sequenceDiagram")) return { labels: distinct(lines.flatMap(lane)), all: true };
  if (kind.startsWith("stateDiagram")) return { labels: distinct(states(lines)), all: true };
  if (kind.startsWith("flowchart") || kind.startsWith("block"))
    return { labels: distinct(lines.flatMap(boxes)), all: false };
  return { labels: [], all: false };
}

// --- internal ---

function lane(line: string): string[] {
  const match = /^\s*(?:participant|actor)\s+(\S+)(?:\s+as\s+(.+))?$/.exec(line);
  return match === null ? [] : [match[2] ?? match[1]!];
}

/** Names in arrows, or the label where a state has one. Ends and beginnings have none. */
function states(lines: readonly string[]): string[] {
  const named = new Map(
    lines.flatMap((line) => {
      const [, quoted, alias] = /^\s*state\s+"([^"]+)"\s+as\s+(\w+)/.exec(line) ?? [];
      if (quoted !== undefined) return [[alias!, quoted] as const];
      const [, id, description] = /^\s*(\w+)\s*:\s*(.+)$/.exec(line) ?? [];
      return description === undefined ? [] : [[id!, description] as const];
    }),
  );
  const inArrows = lines.flatMap((line) => {
    const match = /^\s*(\w+|\[\*\])\s*-->\s*(\w+|\[\*\])/.exec(line);
    return match === null ? [] : [match[1]!, match[2]!].filter((name) => name !== "[*]");
  });
  return inArrows.map((name) => named.get(name) ?? name.replace(/(?<=[a-z])(?=[A-Z])/g, " "));
}

/** `id["text"]`, `id(["text"])`, `id{{text}}`, `subgraph id [text]`; labels of arrows are not boxes. */
function boxes(line: string): string[] {
  const withoutArrows = line.replace(/--\s*"[^"]*"\s*-->|--\s[^>-]*\s-->|-\.\s[^.]*\s\.->|\|[^|]*\|/g, " ");
  return [...withoutArrows.matchAll(/\w+\s*[[({>]+\/?"?([^"\])}]+)"?\/?[\])}]+/g)].map((match) => match[1]!);
}

const distinct = (labels: readonly string[]): string[] => [
  ...new Set(
    labels
      .map((label) =>
        label
          .replace(/<br\s*\/?>/g, " ")
          .replace(/\s+/g, " ")
          .trim(),
      )
      .filter((label) => label !== ""),
  ),
];

/** A word of the label stands in the alternative, in whatever form; digits and single letters count as they are. */
function isTold(label: string, alt: string): boolean {
  const stem = (word: string) => (/^\p{L}{4,}$/u.test(word) ? word.replace(/s$/, "").slice(0, 5) : word);
  const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const told = new Set(wordsOf(alt).flatMap((word) => [word, stem(word)]));
  const words = wordsOf(label).filter((word) => !small.has(word));
  return words.length === 0 || words.some((word) => told.has(word) || told.has(stem(word)) || told.has(number(word)));
}

const small = new Set(["a", "an", "the", "of", "in", "to", "and", "or", "for", "is", "on", "by", "no", "yes"]);

/** `20` is told by "twenty", too. */
const number = (word: string): string =>
  ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"][
    Number(word)
  ] ?? word;
