import type { RaftOptions as Options } from "../../../../given/object-storage/replicated-log.ts";
import type { Raft as Reference } from "../../../../solutions/object-storage/raft.ts";

/** The shape of the code under test. */
export type Raft = Pick<
  Reference,
  "tick" | "step" | "ready" | "propose" | "compact" | "changeMembership" | "readIndex" | "status"
>;
export type RaftOptions = Options;
