import { join, resolve } from "node:path";

/** Where the parts of an exercise lie. The judge's own tests put another root in place of the repository. */
export interface Rooms {
  readonly root: string;
}

export const repository: Rooms = { root: resolve(import.meta.dirname, "../..") };

export const solutionPath = ({ root }: Rooms, id: string): string => join(root, "solutions", `${id}.ts`);
export const givenFolder = ({ root }: Rooms): string => join(root, "given");
export const notStartedPath = ({ root }: Rooms): string => join(root, "exercises", "not-started.ts");

/** `checker/suites/<system>/<exercise>/`, relative to the root, with `/`: everything that grades one exercise. */
export const suiteFolder = (id: string): string => `checker/suites/${id}`;
export const suitePath = ({ root }: Rooms, id: string): string => join(root, suiteFolder(id), "suite.ts");
export const benchPath = ({ root }: Rooms, id: string): string => join(root, suiteFolder(id), "bench.ts");
export const hintsPath = ({ root }: Rooms, id: string): string => join(root, suiteFolder(id), "hints.md");
export const mutantsPath = ({ root }: Rooms, id: string): string => join(root, suiteFolder(id), "mutants.md");
export const alternativesFolder = ({ root }: Rooms, id: string): string => join(root, suiteFolder(id), "alternatives");
