import { Cluster, type ClusterOptions, type RunResult, simulate } from "./cluster.ts";
import { drawLanes } from "./draw.ts";
import { addFaultCounts, type FaultCounts, type Faults, noFaultCounts, type Preset, faults as turn } from "./faults.ts";
import { drawMermaid } from "./mermaid.ts";
import type { Plan } from "./plan.ts";
import { createRandom } from "./prng.ts";
import type { ScenarioFactory, Violation } from "./scenario.ts";
import { type Schedule, scheduleOf } from "./schedule.ts";
import { shrink, withoutChance } from "./shrink.ts";
import type { Trace } from "./trace.ts";

export interface ExploreOptions {
  readonly scenario: ScenarioFactory;
  /** How many seeds, from 1 up; or the seeds themselves. Default: 100. */
  readonly seeds?: number | Iterable<number>;
  /** A preset, or knobs: `faults("lossy", { loss: 0.3 })`. Default: "hostile". */
  readonly faults?: Preset | Faults;
  /** Plans of one's own, instead of the rates of `faults`: every seed runs under every plan. */
  readonly plans?: readonly Plan[];
  /** Length of the fault phase, ms of virtual time. Default: 5000. */
  readonly durationMs?: number;
  /** Time to converge after it, ms. Default: 5000. */
  readonly settleMs?: number;
  readonly eventsMax?: number;
  /** Simulated events spent on making a failure small. Default: 1,000,000; 0 leaves it as found. */
  readonly shrinkEventsMax?: number;
}

export type Exploration = Explored | { readonly ok: false; readonly failure: Failure };

/** Nothing was found. Look at `injected` and `marks` before believing it. */
export interface Explored {
  readonly ok: true;
  readonly runs: number;
  readonly events: number;
  /** Faults over all runs. */
  readonly injected: Readonly<FaultCounts>;
  /** How often the scenario called `world.mark(name)`. */
  readonly marks: Readonly<Record<string, number>>;
}

/** The smallest failing run that was found, ready to print. */
export interface Failure {
  /** `explore` with this one seed finds it again. */
  readonly seed: number;
  /** `replay` with seed and plan runs the small one again. */
  readonly plan: Plan;
  readonly violation: Violation;
  readonly trace: Trace;
  /** Names the trace; the same in every engine. */
  readonly hash: string;
  /** What the drawings show. */
  readonly schedule: Schedule;
  /** Lanes for an 80-column terminal. */
  readonly drawing: string;
  /** The same as a Mermaid sequence diagram. */
  readonly mermaid: string;
  /** Runs before the failing one, and runs spent on shrinking. */
  readonly effort: { readonly runs: number; readonly shrinkRuns: number };
}

/**
 * Looks for a run that breaks an invariant, seed after seed; shrinks and draws the first it finds. Deterministic: same
 * options, same result.
 *
 * @throws when faults were asked for and none happened: such a search proves nothing.
 */
export function explore(options: ExploreOptions): Exploration {
  const faults = typeof options.faults === "object" ? options.faults : turn(options.faults ?? "hostile");
  const injected = noFaultCounts();
  const marks: Record<string, number> = {};
  let runs = 0;
  let events = 0;
  for (const seed of seedsOf(options.seeds)) {
    for (const plan of options.plans ?? [undefined]) {
      const run = { ...clusterOptions(options), seed, faults, plan };
      const result = simulate(run);
      runs++;
      events += result.events;
      addFaultCounts(injected, result.injected);
      for (const [name, count] of result.marks) marks[name] = (marks[name] ?? 0) + count;
      if (result.violation !== undefined)
        return { ok: false, failure: reduce(run, result, runs, options.shrinkEventsMax ?? 1_000_000) };
    }
  }
  if (options.plans === undefined) checkInjected(options.scenario, faults, injected, events);
  return { ok: true, runs, events, injected, marks };
}

/**
 * Runs the small counterexample again, with its trace. Chance has no part in it but for delays and what crashes do to
 * disks.
 */
export function replay(options: ExploreOptions, seed: number, plan: Plan): RunResult {
  const faults = typeof options.faults === "object" ? options.faults : turn(options.faults ?? "hostile");
  return simulate({ ...clusterOptions(options), seed, plan, faults: withoutChance(faults), trace: true });
}

function reduce(run: ClusterOptions, result: RunResult, runs: number, shrinkEventsMax: number): Failure {
  const small = shrink(run, result, shrinkEventsMax);
  const cluster = new Cluster(small.options);
  const { violation } = cluster.run();
  const trace = cluster.trace!;
  if (violation?.invariant !== result.violation!.invariant) {
    throw new Error(`the run of seed ${run.seed} does not repeat itself: does the scenario keep state between runs?`);
  }
  const schedule = scheduleOf(trace, small.plan, (payload) => cluster.describe(payload));
  return {
    seed: run.seed,
    plan: small.plan,
    violation,
    trace,
    hash: trace.hash(),
    schedule,
    drawing: drawLanes(schedule),
    mermaid: drawMermaid(schedule),
    effort: { runs, shrinkRuns: small.runs },
  };
}

function clusterOptions(
  options: ExploreOptions,
): Pick<ClusterOptions, "scenario" | "durationMs" | "settleMs" | "eventsMax"> {
  const { scenario, durationMs, settleMs, eventsMax } = options;
  return { scenario, durationMs, settleMs, eventsMax };
}

function seedsOf(seeds: number | Iterable<number> = 100): Iterable<number> {
  return typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
}

/**
 * A fault filter that was deleted by mistake once left a course's tests without faults for a year; here that is an
 * error.
 */
function checkInjected(scenario: ScenarioFactory, faults: Faults, injected: FaultCounts, events: number): void {
  if (events < EVENTS_TO_EXPECT_FAULTS) return;
  const { nodes, reliable = [], immortal = [] } = scenario({ seed: 0, random: createRandom(0) });
  const exposed = Object.keys(nodes).filter((id) => !reliable.includes(id));
  const mortal = exposed.filter((id) => !immortal.includes(id));
  const demanded: [knob: keyof Faults, kind: keyof FaultCounts, possible: boolean][] = [
    ["loss", "lost", exposed.length > 1],
    ["duplication", "duplicated", exposed.length > 1],
    ["partitionsPerSecond", "partitions", exposed.length > 1],
    ["pausesPerSecond", "pauses", mortal.length > 0],
    ["clockOffsetMaxMs", "clockChanges", exposed.length > 0],
  ];
  for (const [knob, kind, possible] of demanded) {
    if (possible && (faults[knob] as number) >= DEMAND_MIN && injected[kind] === 0) {
      const what = `${knob} is ${faults[knob]}, but in ${events} events nothing of the kind happened`;
      throw new Error(`${what}. Does the workload send messages? If this is meant, turn the knob to 0.`);
    }
  }
}

/** So many events with such a knob, and the chance of no fault at all is out of the question. */
const EVENTS_TO_EXPECT_FAULTS = 20_000;
const DEMAND_MIN = 0.01;
