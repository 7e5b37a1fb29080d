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
    all: { type: "boolean", help: "every exercise; without ids and without it, what changed and a sample" },
    matrix: { type: "boolean", help: "every mutant against every test; records what was found" },
    shard: { type: "string", value: "<i/n>", help: "the i-th of n shares" },
    "no-bench": { type: "boolean", help: "skip the reference's benchmarks" },
    json: { type: "boolean", help: "the kill matrix as JSON" },
    jobs: { type: "string", value: "<n>", help: "how many at once; without it, one a core" },
  },
  details:
    "Every stub must not pass, every reference and alternative must pass, every mutant must fail in the " +
    "test that it names.",
  async run(context, args) {
    const script = join(context.root, "checker", "verify", "main.ts");
    if (!existsSync(script)) throw new MachineError("checker/verify/main.ts is missing.");
    const flags = ["no-bench", "json", "all", "matrix"].filter((name) => args.flag(name)).map((name) => `--${name}`);
    const jobs = args.number("jobs", 1);
    const shard = args.text("shard");
    if (shard !== undefined) flags.push(`--shard=${shard}`);
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
