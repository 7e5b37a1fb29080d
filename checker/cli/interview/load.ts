import { existsSync } from "node:fs";
import type { Interview } from "../../../course/interview.ts";

/**
 * The interview of a system: whatever `course/interviews/<system>.ts` exports that is one. Null where there is no file.
 */
export async function loadInterview(system: string): Promise<Interview | null> {
  const file = new URL(`../../../course/interviews/${system}.ts`, import.meta.url);
  if (!existsSync(file)) return null;
  const module = (await import(file.href)) as Record<string, unknown>;
  const found = Object.values(module).find(isInterview);
  if (found === undefined) throw new Error(`course/interviews/${system}.ts exports no interview`);
  return found;
}

const isInterview = (value: unknown): value is Interview =>
  typeof value === "object" && value !== null && "sheets" in value && "calibration" in value;
