/** The parts of README.md that are real output: between `<!-- run: name -->` and `<!-- end: name -->`. Pure. */

const BLOCK = /<!-- run: ([\w-]+) -->\n([\s\S]*?)<!-- end: \1 -->/g;

/** Contents by name, markers excluded. */
export function blocksOf(markdown: string): Map<string, string> {
  return new Map([...markdown.matchAll(BLOCK)].map(([, name = "", content = ""]) => [name, content]));
}

/** @throws Error when a block has no new content, or new content has no block. */
export function replaceBlocks(markdown: string, contents: ReadonlyMap<string, string>): string {
  const unused = new Set(contents.keys());
  const replaced = markdown.replace(BLOCK, (_, name: string) => {
    const content = contents.get(name);
    if (content === undefined) throw new Error(`README.md has a block "${name}" that nothing fills`);
    unused.delete(name);
    return `<!-- run: ${name} -->\n${content}<!-- end: ${name} -->`;
  });
  if (unused.size > 0) throw new Error(`README.md has no block "${[...unused].join('", "')}"`);
  return replaced;
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
