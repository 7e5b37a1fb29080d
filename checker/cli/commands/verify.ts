import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MachineError } from "../../learner/errors.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

export const verify = defineCommand({
  name: "verify",
  usage: "[id...]",
  summary: "For maintainers: grades the graders.",
  positionals: { least: 0, most: Number.POSITIVE_INFINITY },
  options: {
    "no-bench": { type: "boolean", help: "skip the reference's benchmarks" },
    json: { type: "boolean", help: "the kill matrix as JSON" },
    jobs: { type: "string", value: "<n>", help: "how many at once; without it, one a core" },
  },
  details:
    "Every stub must not pass, every reference and alternative must pass, every mutant must fail in the test that its header names.",
  async run(context, args) {
    const script = join(context.root, "checker", "verify", "main.ts");
    if (!existsSync(script)) throw new MachineError("checker/verify/main.ts is missing.");
    const flags = ["no-bench", "json"].filter((name) => args.flag(name)).map((name) => `--${name}`);
    const jobs = args.number("jobs", 1);
    if (jobs !== undefined) flags.push(`--jobs=${jobs}`);
    const child = spawn(process.execPath, ["--import", "tsx", script, ...args.positionals, ...flags], {
      cwd: context.root,
      stdio: "inherit",
    });
    context.signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    return code ?? EXIT.graderFailed;
  },
});
