/**
 * A TypeScript program with the learner's file laid beside the reference, so that both see the same contract. The file
 * is only in memory there: nothing is written and nothing is executed. Kept warm between checks.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Project, ts } from "ts-morph";
import { notStartedPath, type Rooms, repository, solutionPath } from "../subject/rooms.ts";
import { UNIVERSAL_GLOBALS } from "./universal-globals.ts";

export interface Laid {
  /** `<system>/<exercise>` */
  readonly id: string;
  /** Where the learner's text lies inside the program. */
  readonly learnerPath: string;
  readonly referencePath: string;
  readonly source: ts.SourceFile;
  readonly program: ts.Program;
}

/**
 * `strict` and nothing on top: stricter flags of the repository are a matter of taste, and a learner's taste is not
 * graded. The DOM library is left out because it alone takes 2.5 s to check against.
 */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts"],
  types: [],
  strict: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  declaration: true,
  noEmit: false,
};

export class Workspace {
  readonly #project: Project;
  readonly #rooms: Rooms;

  /** `withNode` adds Node's types: for exercises that may import a built-in or use timers. */
  constructor(rooms: Rooms, withNode: boolean) {
    this.#rooms = rooms;
    this.#project = new Project({
      compilerOptions: withNode ? { ...OPTIONS, types: ["node"], typeRoots: [typeRoots()] } : OPTIONS,
      skipAddingFilesFromTsConfig: true,
      skipFileDependencyResolution: true,
    });
    this.put(join(rooms.root, "solutions", "not-started.ts"), readFileSync(notStartedPath(rooms), "utf8"));
    if (!withNode) this.put(join(rooms.root, "solutions", ".universal.d.ts"), UNIVERSAL_GLOBALS);
  }

  /** Lays `text` beside the reference of `id` and parses it. */
  lay(id: string, text: string): Laid {
    const referencePath = solutionPath(this.#rooms, id);
    const learnerPath = join(dirname(referencePath), ".learner.ts");
    this.put(learnerPath, text);
    this.put(referencePath, readFileSync(referencePath, "utf8"));
    const program = this.program();
    return { id, learnerPath, referencePath, program, source: program.getSourceFile(learnerPath)! };
  }

  /** Adds or replaces a file, in memory only. */
  put(path: string, text: string): void {
    // An unchanged file keeps its syntax tree, and the program what it knows about it.
    if (this.#project.getSourceFile(path)?.getFullText() === text) return;
    this.#project.createSourceFile(path, text, { overwrite: true });
  }

  program(): ts.Program {
    return this.#project.getProgram().compilerObject;
  }
}

function typeRoots(): string {
  return join(repository.root, "node_modules", "@types");
}

export { ts };
