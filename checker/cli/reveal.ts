/** The reference is shown after a pass, or on purpose. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "../../course/manifest.ts";
import { MachineError, UsageError } from "../learner/errors.ts";
import { remember } from "../learner/remember.ts";
import type { Context } from "./context.ts";
import { tellUnsaved } from "./unsaved.ts";

/**
 * Path of the reference. Looking at it before a pass needs `--reveal` and is remembered. `command`: what was typed
 * after `bp`.
 */
export function referencePath(context: Context, entry: CatalogEntry, reveal: boolean, command: string): string {
  const path = join(context.root, "solutions", `${entry.id}.ts`);
  if (!existsSync(path))
    throw new MachineError(`solutions/${entry.id}.ts is missing. \`git restore solutions\` brings it back.`);
  const { passedAt, revealedAt } = context.progress.read().exercises[entry.id] ?? {};
  if (passedAt !== undefined || revealedAt !== undefined) return path;
  if (!reveal)
    throw new UsageError(
      `${entry.id} has not passed yet. A nudge: \`npx bp hint ${entry.id}\`. To see the reference all the ` +
        `same: \`npx bp ${command} --reveal\`.`,
    );
  const unsaved = remember(context.progress, entry.id, (was) => ({ ...was, revealedAt: context.now().toISOString() }));
  tellUnsaved(context.terminal, "The reference is shown", unsaved);
  return path;
}
