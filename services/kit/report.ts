/** What a run prints: lines for a person, or one JSON document. */

import type { Check, Drive, Running, Service } from "./define.ts";
import type { Choice } from "./files.ts";
import { type Latencies, percentilesText } from "./latencies.ts";
import type { CommandLine } from "./options.ts";
import { amountText } from "./when.ts";

/** Of a part. */
export interface Death {
  readonly part: string;
  /** `SIGKILL`, another signal, or `code 1`. */
  readonly how: string;
  /** Requests that had been answered. */
  readonly requests: number;
  /** Since the start of the run. */
  readonly atMs: number;
  /** On the clock of this process. */
  readonly diedAtMs: number;
  /** Until it was ready again; absent while it is dead. */
  deadMs?: number;
}

export interface Ending {
  readonly choices: readonly Choice[];
  readonly running: Running;
  readonly drive: Drive | null;
  readonly deaths: readonly Death[];
  readonly checks: readonly Check[];
}

export class Report {
  readonly #service: Service;
  readonly #isJson: boolean;

  constructor(service: Service, isJson: boolean) {
    this.#service = service;
    this.#isJson = isJson;
  }

  /** Nothing where the output is one document. */
  say(text: string): void {
    if (!this.#isJson) process.stdout.write(`${wrapped(text)}\n`);
  }

  serving(choices: readonly Choice[], running: Running, { load }: CommandLine): void {
    const width = Math.max(...choices.map(({ exercise }) => exercise.length), 0);
    for (const { exercise, runs, why } of choices) {
      const file = runs === "yours" ? `yours      exercises/${exercise}.ts` : `reference  ${why}`;
      this.say(`runs     ${exercise.padEnd(width)}  ${file}`);
    }
    for (const { name, url } of running.serves) this.say(`serves   ${name.padEnd(width)}  ${url}`);
    if (load !== null) this.say(`load     ${amountText(load)}`);
    else {
      for (const command of running.next) this.say(`try      ${command}`);
      this.say("         Ctrl-C ends it and checks what was promised");
    }
  }

  live(elapsedMs: number, counts: Readonly<Record<string, number>>, latencies: Latencies): void {
    const isFirst = (name: string): number => (name === "requests" ? 0 : 1);
    const sorted = Object.entries(counts).sort(([a], [b]) => isFirst(a) - isFirst(b) || (a < b ? -1 : 1));
    const figures = sorted.map(([name, count]) => `${count.toLocaleString("en")} ${name}`);
    const times = latencies.count === 0 ? "" : `; ${percentilesText(latencies, ["p50", "p99"])}`;
    this.say(`${String(Math.round(elapsedMs / 1_000)).padStart(5)} s  ${figures.join(", ")}${times}`);
  }

  died({ part, how, requests }: Death): void {
    const after = requests === 0 ? "" : ` after ${requests.toLocaleString("en")} requests`;
    this.say(how === "SIGKILL" ? `kill     ${part} ended with SIGKILL${after}` : `ENDED    ${part} by itself: ${how}`);
  }

  back(part: string, { deadMs = 0 }: Death): void {
    this.say(`back     ${part}, ${Math.round(deadMs)} ms later`);
  }

  end(ending: Ending): void {
    if (this.#isJson) process.stdout.write(`${JSON.stringify(this.#document(ending), null, 2)}\n`);
    else for (const line of endLines(ending)) this.say(line);
  }

  #document({ choices, running, drive, deaths, checks }: Ending): unknown {
    return {
      version: 1,
      system: this.#service.system,
      runs: choices,
      serves: running.serves,
      drive:
        drive === null
          ? null
          : {
              client: drive.client,
              requests: drive.requests,
              seconds: drive.seconds,
              counts: drive.counts,
              latencyMs: {
                p50: drive.latencies.percentile(0.5),
                p90: drive.latencies.percentile(0.9),
                p99: drive.latencies.percentile(0.99),
                max: drive.latencies.maxMs,
              },
            },
      deaths: deaths.map(({ part, how, requests, atMs, deadMs }) => ({
        part,
        how,
        requests,
        atMs: Math.round(atMs),
        deadMs: deadMs === undefined ? null : Math.round(deadMs),
      })),
      checks,
    };
  }
}

/** Of a terminal whose width is not known. Words before it are one column: what a line is about. */
const WIDTH = 80;
const INDENT = " ".repeat(9);

/** At spaces, with what follows under the first line's words. A word that is longer stays whole. */
export function wrapped(text: string, width = Math.max(40, Math.min(process.stdout.columns ?? WIDTH, 100))): string {
  const lines: string[] = [];
  for (let rest = text; ; ) {
    const cut = rest.length <= width ? -1 : rest.lastIndexOf(" ", width);
    const isCut = cut > INDENT.length;
    lines.push(isCut ? rest.slice(0, cut) : rest);
    if (!isCut) return lines.join("\n");
    rest = INDENT + rest.slice(cut + 1);
  }
}

function endLines({ drive, checks }: Ending): string[] {
  const lines: string[] = [];
  if (drive !== null) {
    const rate = Math.round(drive.requests / Math.max(drive.seconds, 0.001)).toLocaleString("en");
    const counts = Object.entries(drive.counts).map(([name, count]) => `${count.toLocaleString("en")} ${name}`);
    lines.push(
      `client   ${drive.client}: ${drive.requests.toLocaleString("en")} requests, ${rate} a second`,
      `latency  ${percentilesText(drive.latencies)}`,
      `answers  ${counts.join(", ")}`,
      ...(drive.lines ?? []),
    );
  }
  for (const { name, passed, detail } of checks) lines.push(`${passed ? "holds   " : "BROKEN  "} ${name}: ${detail}`);
  return lines;
}
