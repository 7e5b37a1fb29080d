import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { platform } from "node:os";

/** What a process has used so far. */
export interface Usage {
  /** User and system time. */
  readonly cpuMs: number;
  readonly residentMb: number;
}

/** Clock ticks a second in /proc/<pid>/stat: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Null when the process is gone or the platform does not say; the judge then goes by the clock. */
export async function usageOf(pid: number): Promise<Usage | null> {
  try {
    return platform() === "linux" ? await fromProc(pid) : await fromPs(pid);
  } catch {
    return null;
  }
}

async function fromProc(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // Field 2 is the command in parentheses and may hold spaces; what follows is numbered from 3 on.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[14 - 3]) + Number(fields[15 - 3]);
  // The resident set is read from `status`, which has it in kilobytes; `stat` counts pages, whose size varies.
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const residentKb = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  return { cpuMs: (ticks * 1_000) / TICKS_PER_SECOND, residentMb: residentKb / 1_024 };
}

function fromPs(pid: number): Promise<Usage> {
  return new Promise((resolve, reject) => {
    execFile("ps", ["-o", "time=,rss=", "-p", String(pid)], (error, stdout) => {
      const usage = error === null ? parsePs(stdout) : null;
      if (usage === null) reject(error ?? new Error(`ps printed "${stdout}"`));
      else resolve(usage);
    });
  });
}

/** `ps` prints `[[dd-]hh:]mm:ss[.cc]` and kilobytes. Exported for its test. */
export function parsePs(line: string): Usage | null {
  const match = /^\s*(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+(?:\.\d+)?)\s+(\d+)\s*$/.exec(line);
  if (match === null) return null;
  const [days, hours, minutes, seconds, kilobytes] = match.slice(1).map((part) => Number(part ?? 0)) as number[];
  const cpuSeconds = days! * 86_400 + hours! * 3_600 + minutes! * 60 + seconds!;
  return { cpuMs: cpuSeconds * 1_000, residentMb: kilobytes! / 1_024 };
}
