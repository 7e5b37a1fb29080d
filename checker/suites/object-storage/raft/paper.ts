/**
 * Rows of etcd-io/raft, raft_paper_test.go and raft_test.go (Apache-2.0), whose tests cite the sections of the paper.
 * What is etcd's own choice is left out: a candidate need not step down when a majority denies it.
 */

/** TestVoter, 5.4.1. The terms of the voter's log; the candidate's last term and index; whether it gets the vote. */
export const UP_TO_DATE: readonly (readonly [
  log: readonly number[],
  lastTerm: number,
  lastIndex: number,
  granted: boolean,
])[] = [
  [[1], 1, 1, true],
  [[1], 1, 2, true],
  [[1, 1], 1, 1, false],
  [[1], 2, 1, true],
  [[1], 2, 2, true],
  [[1, 1], 2, 1, true],
  [[2], 1, 1, false],
  [[2], 1, 2, false],
  [[2, 2], 1, 1, false],
  [[1, 1], 1, 1, false],
];

/** TestFollowerVote, 5.2. For whom it has voted in this term, who asks, whether it gets the vote. */
export const ONCE_A_TERM: readonly (readonly [votedFor: string | null, candidate: string, granted: boolean])[] = [
  [null, "n2", true],
  [null, "n3", true],
  ["n2", "n2", true],
  ["n3", "n3", true],
  ["n2", "n3", false],
  ["n3", "n2", false],
];

/** TestLeaderElectionInOneRoundRPC, 5.2. Nodes; the answers of n2, n3, … to n1; whether n1 leads. */
export const ELECTIONS: readonly (readonly [size: number, votes: readonly boolean[], leads: boolean])[] = [
  [1, [], true],
  [3, [true, true], true],
  [3, [true], true],
  [5, [true, true, true, true], true],
  [5, [true, true, true], true],
  [5, [true, true], true],
  [3, [false, false], false],
  [5, [false, false, false, false], false],
  [5, [true, false, false, false], false],
  [3, [], false],
  [5, [true], false],
  [5, [false, false], false],
  [5, [], false],
];

/** TestLeaderAcknowledgeCommit, 5.3. Nodes; how many of the others have stored the entry; whether it is committed. */
export const ACKNOWLEDGED: readonly (readonly [size: number, acknowledged: number, committed: boolean])[] = [
  [1, 0, true],
  [3, 0, false],
  [3, 1, true],
  [3, 2, true],
  [5, 0, false],
  [5, 1, false],
  [5, 2, true],
  [5, 3, true],
  [5, 4, true],
];

/**
 * TestLeaderOnlyCommitsLogFromCurrentTerm, 5.4.2. A leader of term 3 with entries of terms 1 and 2: where the other
 * node agrees, what is committed.
 */
export const OWN_TERM_ONLY: readonly (readonly [match: number, committed: number])[] = [
  [1, 0],
  [2, 0],
  [3, 3],
];

/** TestLeaderCommitPrecedingEntries, 5.3. Terms of the entries before the leader's own. */
export const PRECEDING: readonly (readonly number[])[] = [[], [2], [1, 2], [1]];

/**
 * TestFollowerCheckMsgApp, 5.3. A follower with entries of terms 1 and 2, the first committed: what the append follows,
 * whether it fits.
 */
export const FITS: readonly (readonly [prevTerm: number, prevIndex: number, success: boolean])[] = [
  [0, 0, true],
  [1, 1, true],
  [2, 2, true],
  [1, 2, false],
  [3, 3, false],
];

/**
 * Against a log of the terms 1, 1, 2, 2, 2, 4: what an append follows, then what is there (0: nothing) and where that
 * begins. Section 5.3.
 */
export const CONFLICTS: readonly (readonly [
  prevTerm: number,
  prevIndex: number,
  conflictTerm: number,
  firstIndex: number,
])[] = [
  [3, 6, 4, 6],
  [3, 5, 2, 3],
  [1, 4, 2, 3],
  [3, 2, 1, 1],
  [5, 7, 0, 7],
  [5, 99, 0, 7],
];

/**
 * TestFollowerAppendEntries, 5.3. A follower with entries of terms 1 and 2: what the entries follow, their terms, the
 * terms of the log afterwards.
 */
export const MERGES: readonly (readonly [
  prevIndex: number,
  prevTerm: number,
  terms: readonly number[],
  result: readonly number[],
])[] = [
  [2, 2, [3], [1, 2, 3]],
  [1, 1, [3, 4], [1, 3, 4]],
  [0, 0, [1], [1, 2]],
  [0, 0, [3], [3]],
];

/** Figure 7, with row b as in the paper (etcd's test gives it one entry more). */
export const FIGURE_7 = {
  leader: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6],
  followers: {
    a: [1, 1, 1, 4, 4, 5, 5, 6, 6],
    b: [1, 1, 1, 4],
    c: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    d: [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    e: [1, 1, 1, 4, 4, 4, 4],
    f: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
  },
} as const;
