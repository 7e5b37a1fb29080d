import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import purify from "dompurify";
import mermaid from "mermaid";
import { beforeAll, describe, expect, it } from "vitest";
import type { Interview } from "../../course/interview.ts";

/** Parses every figure of the course with Mermaid itself: a slip must fail here, and not in front of a reader. */
const root = join(import.meta.dirname, "../..");

const figures = foldersOf("diagrams").flatMap((system) =>
  readdirSync(join(root, "diagrams", system))
    .filter((name) => name.endsWith(".mmd"))
    .map((name) => ({
      file: `diagrams/${system}/${name}`,
      text: readFileSync(join(root, "diagrams", system, name), "utf8"),
    })),
);

const interviewFiles = existsSync(join(root, "course/interviews"))
  ? readdirSync(join(root, "course/interviews")).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  : [];

beforeAll(() => {
  // Without a window DOMPurify offers nothing; to parse, Mermaid only needs labels to come back as they are.
  Object.assign(purify, { addHook: () => {}, sanitize: (text: string) => text });
});

describe("every figure is valid Mermaid", () => {
  it.each(figures)("$file", async ({ text }) => {
    await expect(mermaid.parse(text)).resolves.toBeTruthy();
  });

  it("which a broken figure is not", async () => {
    await expect(mermaid.parse("flowchart TB\n  a -->")).rejects.toThrow(/Parse error/);
    await expect(mermaid.parse("sequenceDiagram\n  A->>B: x; y<br/>z")).rejects.toThrow(/Parse error/);
  });
});

describe("every board of an interview is valid Mermaid", () => {
  it.each(interviewFiles)("%s", async (name) => {
    const exports: Record<string, unknown> = await import(pathToFileURL(join(root, "course/interviews", name)).href);
    for (const interview of Object.values(exports) as Interview[]) {
      for (const { level, boards } of Object.values(interview.sheets)) {
        for (const { minute, mermaid: text } of boards)
          await expect(mermaid.parse(text), `${level}, minute ${minute}`).resolves.toBeTruthy();
      }
    }
  });
});

function foldersOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
