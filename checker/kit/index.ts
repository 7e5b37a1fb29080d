/** Everything a hidden suite is written with. */

export { expect } from "vitest";
export { behavior, stage } from "./behavior.ts";
export { type Choose, everySchedule, interleave } from "./interleave.ts";
export {
  collidingNamePairs,
  collidingPairs,
  counts,
  distinctNames,
  LONG_RUNS,
  names,
  readings,
} from "./kinds.ts";
export {
  type ClientOptions,
  ConnectionLost,
  type Cut,
  type Departure,
  type Ending,
  everyCut,
  freshDatabase,
  type SqlClient,
  type TestDatabase,
} from "./postgres.ts";
export { fc, forAll, forAllAsync, type PropertyOptions, sublists } from "./property.ts";
export { run } from "./run.ts";
export { show } from "./show.ts";
export { observe, step } from "./steps.ts";
export { subject } from "./subject.ts";
export { ensure, type Invariant, invariant, violated } from "./violation.ts";
