/**
 * Mutants are edits of a right solution, in `mutants.md`: the chapter of mistakes that candidates make. This file reads
 * such a chapter and turns each mistake into a whole file. Pure: text in, text out.
 */

/** What must stop a mutant. */
export type Killer =
  | { readonly kind: "behavior"; readonly name: string }
  | { readonly kind: "benchmark"; readonly name: string }
  /** It never ends: the judge stops it, in whichever test. */
  | { readonly kind: "timed-out" };

/** One section of `mutants.md`. */
export interface Mistake {
  /** The heading, in kebab-case. */
  readonly name: string;
  /** Line of the heading, from 1. */
  readonly line: number;
  /** What the plausible engineer got wrong, in a sentence. */
  readonly summary: string;
  readonly killedBy: Killer;
  /** The wrong idea behind it, where it is more than a slip. */
  readonly misconception: string | null;
  /** Name of the alternative that it edits; null for the reference. */
  readonly of: string | null;
  readonly hunks: readonly Hunk[];
}

/** Lines that stand together in the base exactly once, and what takes their place. */
export interface Hunk {
  readonly find: readonly string[];
  readonly put: readonly string[];
  /** Line of `mutants.md` where it begins, from 1. */
  readonly line: number;
}

/** A chapter of mistakes that cannot be read, or an edit that does not fit its base. The message names the place. */
export class EditError extends Error {
  override readonly name = "EditError";
}

const FIELD = /^(Killed by|Misconception|Of): (.+)$/;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Every section of a `mutants.md`: `## name`, a summary, `Killed by:`, perhaps `Misconception:` and `Of:`, and one
 * fenced `diff` whose hunks are parted by `@@`.
 *
 * @throws EditError with the line of what cannot be read.
 */
export function parseMistakes(markdown: string): Mistake[] {
  const lines = markdown.split("\n");
  const starts = lines.flatMap((line, index) => (line.startsWith("## ") ? [index] : []));
  const mistakes = starts.map((start, index) => parseSection(lines, start, starts[index + 1] ?? lines.length));
  const seen = new Set<string>();
  for (const { name, line } of mistakes) {
    if (seen.has(name)) throw new EditError(`line ${line}: "${name}" is there twice`);
    seen.add(name);
  }
  return mistakes;
}

function parseSection(lines: readonly string[], start: number, end: number): Mistake {
  const name = lines[start]!.slice(3).trim();
  const fail = (problem: string, at = start): never => {
    throw new EditError(`line ${at + 1}: ${name}: ${problem}`);
  };
  if (!KEBAB.test(name)) fail("a name is in kebab-case");
  const open = lines.indexOf("```diff", start);
  const close = lines.indexOf("```", open);
  if (open === -1 || open >= end || close === -1 || close >= end) fail("its edit is missing: ```diff … ```");
  if (lines.indexOf("```diff", close) !== -1 && lines.indexOf("```diff", close) < end) fail("it has two edits");

  const summary: string[] = [];
  const fields = new Map<string, string>();
  for (const line of lines.slice(start + 1, open)) {
    const field = FIELD.exec(line);
    if (field !== null) fields.set(field[1]!, field[2]!.trim());
    else if (line.trim() !== "") summary.push(line.trim());
  }
  if (summary.length === 0) fail("it does not say what is wrong");
  const killer = fields.get("Killed by") ?? fail('it does not say "Killed by: …"');
  return {
    name,
    line: start + 1,
    summary: summary.join(" "),
    killedBy: killerFrom(killer),
    misconception: fields.get("Misconception") ?? null,
    of: fields.get("Of") ?? null,
    hunks: parseHunks(lines, open + 1, close, fail),
  };
}

function killerFrom(text: string): Killer {
  if (text === "timed-out") return { kind: "timed-out" };
  const benchmark = /^benchmark: (.+)$/.exec(text);
  return benchmark === null ? { kind: "behavior", name: text } : { kind: "benchmark", name: benchmark[1]! };
}

function parseHunks(
  lines: readonly string[],
  start: number,
  end: number,
  fail: (problem: string, at: number) => never,
): Hunk[] {
  const hunks: Hunk[] = [];
  let [find, put, first] = [[] as string[], [] as string[], start];
  const finish = (at: number): void => {
    if (find.length === 0) fail("a hunk without a line of its base fits nowhere", first);
    if (find.join("\n") === put.join("\n")) fail("a hunk changes nothing", first);
    hunks.push({ find, put, line: first + 1 });
    [find, put, first] = [[], [], at + 1];
  };
  for (let at = start; at < end; at++) {
    const line = lines[at]!;
    const text = line.slice(1);
    if (line === "@@") finish(at);
    else if (line === "" || line.startsWith(" ")) {
      find.push(text);
      put.push(text);
    } else if (line.startsWith("-")) find.push(text);
    else if (line.startsWith("+")) put.push(text);
    else fail(`a line of an edit begins with a space, "-" or "+", not with "${line[0]}"`, at);
  }
  finish(end);
  return hunks;
}

/**
 * The base with the mistake in it. All hunks are located in the base first and spliced then, so that none depends on
 * another.
 *
 * @throws EditError when a hunk stands nowhere in `base` or more than once, or when two overlap.
 */
export function applyMistake(base: string, { name, hunks }: Pick<Mistake, "name" | "hunks">): string {
  const lines = base.split("\n");
  const places = hunks.map((hunk) => ({ hunk, at: locate(lines, hunk, name) })).sort((a, b) => a.at - b.at);
  const result: string[] = [];
  let next = 0;
  for (const { hunk, at } of places) {
    if (at < next) throw new EditError(`line ${hunk.line}: ${name}: the hunk overlaps another one; make them one hunk`);
    result.push(...lines.slice(next, at), ...hunk.put);
    next = at + hunk.find.length;
  }
  return [...result, ...lines.slice(next)].join("\n");
}

/** Index of the first line. */
function locate(lines: readonly string[], { find, line }: Hunk, name: string): number {
  const found: number[] = [];
  for (let at = lines.indexOf(find[0]!); at !== -1; at = lines.indexOf(find[0]!, at + 1)) {
    if (find.every((text, offset) => lines[at + offset] === text)) found.push(at);
  }
  if (found.length === 1) return found[0]!;
  const shown = `"${find[0]!.trim()}"`;
  throw new EditError(
    found.length === 0
      ? `line ${line}: ${name}: the edit no longer applies: ${shown} and its ${find.length - 1} next lines ` +
          "are not in the base"
      : `line ${line}: ${name}: ${shown} and its ${find.length - 1} next lines stand ${found.length} times in the base`,
  );
}
