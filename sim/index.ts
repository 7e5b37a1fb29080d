/** The simulator's public interface. `sim/README.md` shows how to use it; `sim/linearizability.ts` judges histories. */
export { type TickStepReady, tickStepReady } from "./adapters.ts";
export { canonical, hash64 } from "./canonical.ts";
export type { Client, ClientProgram, ClientWait, Operation, Outcome } from "./client.ts";
export { Cluster, type ClusterOptions, type RunResult, simulate } from "./cluster.ts";
export { CopyError, copy } from "./copy.ts";
export { crashPlans } from "./crash-plans.ts";
export {
  CrashCheckFailure,
  type CrashCoverage,
  type CrashEverywhere,
  type CrashPoint,
  crashEverywhere,
} from "./crash-points.ts";
export { type CrashReport, DiskError, type DiskOperation, type DiskOptions, SimDisk, SimulatedCrash } from "./disk.ts";
export { type DrawOptions, drawLanes, type Tone } from "./draw.ts";
export { type Choose, type ExhaustResult, exhaust } from "./exhaust.ts";
export { type Exploration, type Explored, type ExploreOptions, explore, type Failure, replay } from "./explore.ts";
export type {
  Bounds,
  Fingerprint,
  Goal,
  Look,
  Sight,
  SmallInvariant,
  SmallWorld,
  SmallWorldFactory,
} from "./explore-all/small-world.ts";
export type { Step } from "./explore-all/step.ts";
export {
  type BudgetSpent,
  type Exhausted,
  type ExploreAllOptions,
  type ExploredAll,
  exploreAll,
  type Nondeterministic,
  replayAll,
  type Violated,
} from "./explore-all.ts";
export { type FaultCounts, type Faults, faults, type Preset, presets } from "./faults.ts";
export { drawMermaid } from "./mermaid.ts";
export type { Context, Disk, Node, NodeDisk, NodeFactory, NodeId } from "./node.ts";
export { describePlanEvent, type Plan, type PlanEvent } from "./plan.ts";
export { createRandom, type Random } from "./prng.ts";
export {
  BUILT_IN,
  type Invariant,
  type Scenario,
  type ScenarioFactory,
  type Violation,
  type World,
} from "./scenario.ts";
export { countMessages, type Row, type Schedule, scheduleOf } from "./schedule.ts";
export { Trace, type TraceBody, type TraceEvent } from "./trace.ts";
