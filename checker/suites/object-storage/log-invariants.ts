/** The rules of the replicated log and of placement, as the chapter states them; `id` is the anchor of its `<Invariant>`. */

import { invariant } from "../../kit/index.ts";

const RAFT = 'Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm (Extended Version)", 2014';

export const majoritiesIntersect = invariant(
  "object-storage",
  "majorities-intersect",
  "A decision needs a majority of the voters, while the membership changes one of the old and one of the new: any two decisions share a node.",
  `${RAFT}, sections 5 and 6`,
);

export const electionSafety = invariant(
  "object-storage",
  "one-leader-a-term",
  "At most one leader is elected in a term.",
  `${RAFT}, Figure 3 and section 5.2`,
);

export const logMatching = invariant(
  "object-storage",
  "logs-match",
  "If two logs hold an entry of the same index and term, they are equal up to it.",
  `${RAFT}, Figure 3 and section 5.3`,
);

export const leaderCompleteness = invariant(
  "object-storage",
  "leaders-have-what-was-committed",
  "An entry that is committed in a term is in the log of every leader of a later term.",
  `${RAFT}, Figure 3 and section 5.4`,
);

export const stateMachineSafety = invariant(
  "object-storage",
  "same-commands-same-order",
  "No two nodes apply different commands at the same index.",
  `${RAFT}, Figure 3 and section 5.4.3`,
);

export const promisesSurvive = invariant(
  "object-storage",
  "promises-survive-crashes",
  "Term, vote and entries are durable before a message says so.",
  `${RAFT}, Figure 2 and section 5.6`,
);

export const snapshotsReplacePrefixes = invariant(
  "object-storage",
  "snapshots-replace-prefixes",
  "A snapshot stands for a committed beginning of the log, and never takes a node back behind what it has committed.",
  `${RAFT}, section 7`,
);

export const membershipFollowsLog = invariant(
  "object-storage",
  "membership-follows-the-log",
  "A node goes by the newest membership in its log, committed or not; when that entry goes, the one before it holds again.",
  `${RAFT}, section 6`,
);

export const readsAreFresh = invariant(
  "object-storage",
  "reads-are-confirmed",
  "A leader answers a read only after a majority has confirmed, later than the read came, that it still leads.",
  "Ongaro, Consensus: Bridging Theory and Practice, 2014, section 6.4",
);

export const electionsEnd = invariant(
  "object-storage",
  "elections-end",
  "While a majority is up and connected, some node leads before long, and what was begun is finished.",
  `${RAFT}, sections 5.2 and 5.6`,
);

export const placementByLog = invariant(
  "object-storage",
  "placement-changes-only-by-log",
  "The map changes only by a committed entry, each change is a new version, and a new leader declares no node lost before it has listened for a whole timeout.",
);

export const distinctDomains = invariant(
  "object-storage",
  "placement-distinct-domains",
  "No two fragments of an object are in one failure domain while enough domains are alive; a map with too few is refused rather than quietly stacked.",
);

/** Checked by `placement` on maps and by `stripe-store` on nodes that do not answer. */
export const MOVES_LITTLE =
  "Place i keeps fragment i: when a node joins or leaves, objects of which it takes or had nothing keep all their places, and of the others few positions change but its own.";

export const movesLittle = invariant(
  "object-storage",
  "placement-moves-little",
  MOVES_LITTLE,
  "Weil and Dryomov, crush: return CRUSH_ITEM_UNDEF for failed placements with indep, 2013",
);

export const staleIsRefused = invariant(
  "object-storage",
  "placement-stale-is-refused",
  "A data node refuses a request that was computed from an older map than its own, and says which version it has.",
);

export const repairIsSafe = invariant(
  "object-storage",
  "repair-plan-is-safe",
  "A repair reads k good fragments, writes to a rack that has none of the object's, and does not count before the new fragment is durable; fewer than k is reported as a loss.",
);
