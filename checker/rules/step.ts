import { $ } from "zx";
import { type Tally, tallyOf } from "./tally.ts";

export interface StepStreams {
  readonly out: { write(chunk: Uint8Array): unknown };
  readonly err: { write(chunk: Uint8Array): unknown };
}

/** Runs one step of `.ci/run`, shows what it prints as it comes, and counts from all of it once it has ended. */
export async function runStep(
  command: readonly string[],
  cwd: string,
  { out, err }: StepStreams = { out: process.stdout, err: process.stderr },
): Promise<Tally> {
  const child = $({ nothrow: true, quiet: true, cwd, stdio: ["ignore", "pipe", "pipe"] })`${command}`;
  child.stdout.on("data", (chunk: Buffer) => out.write(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.write(chunk));
  const { stdall, exitCode } = await child;
  return tallyOf(stdall, exitCode);
}
