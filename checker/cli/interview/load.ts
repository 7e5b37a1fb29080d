import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Interview } from "../../../course/interview.ts";

/** The interview of a system: whatever `course/interviews/<system>.ts` exports that is one. Null where there is no file. */
export async function loadInterview(root: string, system: string): Promise<Interview | null> {
  const path = join(root, "course", "interviews", `${system}.ts`);
  if (!existsSync(path)) return null;
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const found = Object.values(module).find(isInterview);
  if (found === undefined) throw new Error(`course/interviews/${system}.ts exports no interview`);
  return found;
}

const isInterview = (value: unknown): value is Interview =>
  typeof value === "object" && value !== null && "sheets" in value && "calibration" in value;
