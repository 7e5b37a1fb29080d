import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of a program on the PATH, or null. */
export function findProgram(name: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const isExecutable = (path: string): boolean => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}
