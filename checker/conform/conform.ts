/**
 * Is the file worth running? Nothing of it is executed here. Two steps, so that the judge can start after the first:
 * `read` is quick (does it parse, does it stay inside its bounds), `types` takes as long as the compiler.
 */

import { basename } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { type Problem, problemsText } from "../subject/problem.ts";
import type { Rooms } from "../subject/rooms.ts";
import type { Subject } from "../subject/subject.ts";
import { isNotStarted } from "./not-started.ts";
import { scan } from "./scan.ts";
import { signatureProblems } from "./signatures.ts";
import { type Laid, ts, Workspace } from "./workspace.ts";

export type Reading =
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

  read(entry: CatalogEntry, subject: Subject): Reading {
    const { path, text, allow } = subject;
    const refuse = (problems: readonly Problem[]) =>
      ({ kind: "not-conforming", message: problemsText(basename(path), problems) }) as const;

    const { pure = true } = entry.exercise;
    const workspace = this.#workspace(!pure || allow.some((specifier) => specifier.startsWith("node:")));
    const laid = workspace.lay(entry.id, text);
    const syntax = laid.program.getSyntacticDiagnostics(laid.source);
    // After the first the parser guesses.
    if (syntax.length > 0) return refuse(syntax.slice(0, 1).map(syntaxProblem));
    const problems = scan(laid, { ...subject, pure });
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
