/** The learner's files: where they lie and what is in them. */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where learners work, below the root. */
export const EXERCISES = "exercises";

export interface LearnerFile {
  readonly path: string;
  readonly text: string;
  readonly hash: string;
  readonly modifiedAt: number;
}

export const exercisePath = (root: string, id: string): string => join(root, EXERCISES, `${id}.ts`);

/** Null where there is no readable file. */
export function readLearnerFile(path: string): LearnerFile | null {
  try {
    const bytes = readFileSync(path);
    return { path, text: bytes.toString("utf8"), hash: hashOf(bytes), modifiedAt: statSync(path).mtimeMs };
  } catch {
    return null;
  }
}

export const hashOf = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");
