/**
 * The two tags that a solution's author writes for the stub generator: `@given` and `@stage n`. They never reach the
 * stub.
 */

const TAG_LINE = /^[ \t]*\*[ \t]*@(?:given|stage)\b.*\r?\n/gm;
const TAG_IN_LINE = /[ \t]*@(?:given\b|stage[ \t]+\d+)/g;

export function hasTag(jsDoc: string, tag: "given"): boolean {
  return new RegExp(`(?:^|[\\s*])@${tag}\\b`).test(jsDoc);
}

/** 2 for `@stage 2`; undefined without the tag. */
export function stageTag(jsDoc: string): number | undefined {
  const match = /(?:^|[\s*])@stage[ \t]+(\d+)/.exec(jsDoc);
  return match === null ? undefined : Number(match[1]);
}

/** The comment without the generator's tags; empty when nothing else was in it. */
export function cleanJsDoc(jsDoc: string): string {
  if (!/@(?:given|stage)\b/.test(jsDoc)) return jsDoc;
  const cleaned = jsDoc
    .replace(TAG_LINE, "")
    .replace(TAG_IN_LINE, "")
    // Blank comment lines that separated the tag from the text.
    .replace(/(?:[ \t]*\*[ \t]*\r?\n)+([ \t]*\*\/)$/, "$1");
  return /^\/\*\*[\s*]*\*\/$/.test(cleaned) ? "" : cleaned;
}
