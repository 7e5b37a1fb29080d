import { destinationOf, type Subject } from "../subject/subject.ts";

/** What decides where an import leads. */
export type Imports = Omit<Subject, "path" | "text">;

/** Null when the import is in order. */
export function importProblem(specifier: string, imports: Imports): { why: string; next: string } | null {
  if (destinationOf(specifier, imports).kind !== "refused") return null;
  return { why: why(specifier), next: next(imports) };
}

function why(specifier: string): string {
  if (/(^|\/)solutions\//.test(specifier)) return "The solution is what you are asked to write";
  if (/(^|\/)checker\//.test(specifier) || /^(vitest|@vitest\/|vite|fast-check|chai)/.test(specifier))
    return "It is the grader's own, and graded code may not touch it";
  if (/(^|\/)sim\//.test(specifier)) return "The simulator drives your code; your code does not drive the simulator";
  if (/(^|\/)given\//.test(specifier)) return "There is no such given part for this exercise";
  if (specifier.startsWith(".")) return "An exercise is one file";
  return "This exercise is solved with the language alone, so that it runs in a browser too";
}

function next({ id, uses, allow }: Imports): string {
  const [system] = id.split("/");
  const exercises = uses.map((used) => {
    const [of, slug] = used.split("/");
    return of === system ? `./${slug}.ts` : `../${of}/${slug}.ts`;
  });
  const permitted = [`../../given/${system}/…`, "../../given/common/…", ...exercises, ...allow];
  return `Import nothing but ${permitted.map((each) => `"${each}"`).join(", ")}, or write what you need in this file`;
}
