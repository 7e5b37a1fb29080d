/**
 * Is the file worth running? Nothing of it is executed here. Two steps, so that the judge can start after the first:
 * `read` is quick (is it there, does it parse, does it stay inside its bounds), `types` takes as long as the compiler.
 */

import { basename } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import type { Rooms } from "../judge/rooms.ts";
import { locate } from "./locate.ts";
import { isNotStarted } from "./not-started.ts";
import { type Problem, problemsText } from "./problem.ts";
import { scan } from "./scan.ts";
import { signatureProblems } from "./signatures.ts";
import { type Laid, ts, Workspace } from "./workspace.ts";

export type Reading =
  | { readonly kind: "missing"; readonly message: string }
  | { readonly kind: "not-conforming"; readonly message: string }
  | { readonly kind: "not-started" }
  /** Safe to run. `types` says whether it also fits; it never throws away what `read` found. */
  | { readonly kind: "readable"; readonly types: () => Conformance };

export type Conformance =
  | { readonly kind: "conforming" }
  | { readonly kind: "not-conforming"; readonly message: string };

export class Conformist {
  readonly #rooms: Rooms;
  readonly #workspaces = new Map<boolean, Workspace>();

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** @param tree the folder that the file may not leave. */
  read(entry: CatalogEntry, path: string, tree: string): Reading {
    const located = locate(entry.id, path, tree);
    const refuse = (problems: readonly Problem[]) =>
      ({ kind: "not-conforming", message: problemsText(basename(path), problems) }) as const;
    if (located.kind === "missing") return located;
    if (located.kind === "refused") return refuse([located.problem]);

    const { allow = [], uses = [], pure = true } = entry.exercise;
    const workspace = this.#workspace(!pure || allow.some((specifier) => specifier.startsWith("node:")));
    const laid = workspace.lay(entry.id, located.text);
    const syntax = laid.program.getSyntacticDiagnostics(laid.source);
    // After the first the parser guesses.
    if (syntax.length > 0) return refuse(syntax.slice(0, 1).map(syntaxProblem));
    const problems = scan(laid, { allow, uses, pure });
    if (problems.length > 0) return refuse(problems);
    if (isNotStarted(laid.source, laid.program.getSourceFile(laid.referencePath)!)) return { kind: "not-started" };

    const types = (): Conformance => {
      const found = [...typeProblems(laid)];
      if (found.length === 0) found.push(...signatureProblems(workspace, laid));
      return found.length === 0 ? { kind: "conforming" } : refuse(found);
    };
    return { kind: "readable", types };
  }

  #workspace(withNode: boolean): Workspace {
    let workspace = this.#workspaces.get(withNode);
    if (workspace === undefined) {
      workspace = new Workspace(this.#rooms, withNode);
      this.#workspaces.set(withNode, workspace);
    }
    return workspace;
  }
}

function syntaxProblem({ start, messageText, file }: ts.DiagnosticWithLocation): Problem {
  return {
    line: file.getLineAndCharacterOfPosition(start).line + 1,
    what: `the file does not parse: ${sentence(messageText)}`,
    why: "Nothing can be run before it does",
    next: "Mend the syntax",
  };
}

function typeProblems({ program, source }: Laid): Problem[] {
  return program.getSemanticDiagnostics(source).map(({ start, messageText, code }) => ({
    line: start === undefined ? null : source.getLineAndCharacterOfPosition(start).line + 1,
    what: `type error: ${sentence(messageText)}`,
    why: `The compiler refuses it (TS${code})`,
    next: "Mend the type; your editor shows the same error",
  }));
}

function sentence(message: string | ts.DiagnosticMessageChain): string {
  return ts
    .flattenDiagnosticMessageText(message, "\n")
    .replace(/\.?\s*\n\s*/g, ": ")
    .replace(/\.$/, "");
}
