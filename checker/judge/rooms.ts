import { join, resolve } from "node:path";

/** Where the parts of an exercise lie. The judge's own tests put another root in place of the repository. */
export interface Rooms {
  readonly root: string;
}

export const repository: Rooms = { root: resolve(import.meta.dirname, "../..") };

export const solutionPath = ({ root }: Rooms, id: string): string => join(root, "solutions", `${id}.ts`);
export const contractPath = ({ root }: Rooms, system: string): string => join(root, "solutions", system, "contract.ts");
export const notStartedPath = ({ root }: Rooms): string => join(root, "exercises", "not-started.ts");
export const suitePath = ({ root }: Rooms, id: string): string => join(root, "checker/suites", `${id}.suite.ts`);
