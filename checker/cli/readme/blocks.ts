/**
 * The parts of a page that are real output: between `<!-- run: name -->` and `<!-- end: name -->`, or in a chapter
 * between the same words as comments of MDX. Pure.
 */

const OPEN = String.raw`(?:<!--|\{/\*)`;
const CLOSE = String.raw`(?:-->|\*/\})`;
const BLOCK = new RegExp(
  `(?<begin>${OPEN} run: (?<name>[\\w-]+) ${CLOSE}\n)(?<content>[\\s\\S]*?)(?<end>${OPEN} end: \\k<name> ${CLOSE})`,
  "g",
);

/** Services as the pages show them: driven, killed, checked. */
export const SERVICE_RUNS = [
  { block: "run-rate-limiter", words: ["run", "rate-limiter", "--load", "5s", "--kill", "gateway-1@2s"] },
  { block: "run-key-value-store", words: ["run", "key-value-store", "--load", "5s", "--kill", "n1@2s"] },
  {
    block: "run-payment-system",
    words: ["run", "payment-system", "--load", "80", "--kill", "worker-1@20", "--kill", "api-1@40"],
  },
] as const;

/** Pages with blocks, relative to the root. */
export const PAGES = [
  "README.md",
  "docs/infrastructure/rate-limiter.mdx",
  "docs/storage/key-value-store.mdx",
  "docs/finance/payment-system.mdx",
] as const;

/** Contents by name, markers excluded. */
export function blocksOf(markdown: string): Map<string, string> {
  return new Map([...markdown.matchAll(BLOCK)].map(({ groups }) => [groups!.name!, groups!.content!]));
}

/** @throws Error when a block has no new content, unless only some are asked for: those without stay as they are. */
export function replaceBlocks(markdown: string, contents: ReadonlyMap<string, string>, isPart = false): string {
  return markdown.replace(BLOCK, (...match) => {
    const { begin, name, content: old, end } = match.at(-1) as Record<"begin" | "name" | "content" | "end", string>;
    const content = contents.get(name);
    if (content === undefined && !isPart) throw new Error(`the page has a block "${name}" that nothing fills`);
    return `${begin}${content ?? old}${end}`;
  });
}

/** A command and what it printed, as a fenced block. */
export function transcript(command: string, output: string, language = "console"): string {
  const shown = command === "" ? "" : `$ ${command}\n`;
  return `\n\`\`\`${language}\n${shown}${output.trimEnd()}\n\`\`\`\n\n`;
}

/** Every `npx bp …` and `npm …` that the page names, without the arguments that a reader fills in. */
export function commandsIn(markdown: string): { readonly bp: string[]; readonly npm: string[] } {
  const bp = [...markdown.matchAll(/npx bp ([a-z]+)/g)].map(([, name = ""]) => name);
  const npm = [...markdown.matchAll(/npm (?:run )?([a-z]+)/g)].map(([, name = ""]) => name);
  return { bp: [...new Set(bp)], npm: [...new Set(npm)] };
}
