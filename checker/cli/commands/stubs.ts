import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { defineCommand } from "../command.ts";

export const stubs = defineCommand({
  name: "stubs",
  usage: "[id...]",
  summary: "For maintainers: writes the stubs from the solutions.",
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  options: { check: { type: "boolean", help: "compare only; 1 where a committed stub differs" } },
  async run(context, args) {
    const script = join(context.root, "checker", "stubs", "main.ts");
    const flags = args.flag("check") ? ["--check"] : [];
    const child = spawnSync(process.execPath, ["--import", "tsx", script, ...args.positionals, ...flags], {
      cwd: context.root,
      stdio: "inherit",
    });
    return child.status ?? 3;
  },
});
