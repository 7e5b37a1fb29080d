import { spawn } from "node:child_process";
import { join } from "node:path";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

export const ui = defineCommand({
  name: "ui",
  usage: "",
  summary: "Vitest's UI on the visible example tests, yours to extend.",
  positionals: { least: 0, most: 0 },
  options: { "no-open": { type: "boolean", help: "print the address, open no browser" } },
  async run(context, args) {
    const { root, terminal, signal } = context;
    terminal.err(
      "Example tests only (exercises/**/*.test.ts). The verdict comes from `npx bp check`. Ctrl-C ends it.\n",
    );
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
    const open = !args.flag("no-open") && terminal.live;
    const flags = ["--ui", "--watch", "--config", join(root, "checker", "cli", "examples.config.ts"), `--open=${open}`];
    const child = spawn(process.execPath, [vitest, ...flags], { cwd: root, stdio: "inherit" });
    signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    return signal.aborted
      ? EXIT.interrupted
      : code === 0
        ? EXIT.passed
        : code === 1
          ? EXIT.notPassed
          : EXIT.graderFailed;
  },
});
