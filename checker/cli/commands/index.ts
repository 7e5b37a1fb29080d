/** All commands, in the order of `bp help`. Loaded one at a time: `bp list` does not pay for the others. */

import type { Command } from "../command.ts";

const LOADERS: Readonly<Record<string, () => Promise<Command>>> = {
  status: async () => (await import("./status.ts")).status,
  list: async () => (await import("./list.ts")).list,
  check: async () => (await import("./check.ts")).check,
  watch: async () => (await import("./watch.ts")).watch,
  ui: async () => (await import("./ui.ts")).ui,
  hint: async () => (await import("./hint.ts")).hint,
  diff: async () => (await import("./diff.ts")).diff,
  solution: async () => (await import("./solution.ts")).solution,
  reset: async () => (await import("./reset.ts")).reset,
  replay: async () => (await import("./replay.ts")).replay,
  run: async () => (await import("./run.ts")).run,
  interview: async () => (await import("./interview.ts")).interview,
  doctor: async () => (await import("./doctor.ts")).doctor,
  mutant: async () => (await import("./mutant.ts")).mutant,
  verify: async () => (await import("./verify.ts")).verify,
  stubs: async () => (await import("./stubs.ts")).stubs,
  new: async () => (await import("./new.ts")).newUnit,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(LOADERS);

export async function loadCommand(name: string): Promise<Command> {
  const load = LOADERS[name];
  if (load === undefined) throw new Error(`no command "${name}"`);
  return load();
}
