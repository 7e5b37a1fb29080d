/** What a node takes from outside before it refuses. Everything that a stranger can make grow has a bound here. */

export interface Limits {
  /** Connections at a time. Further ones are told so and closed. */
  readonly clients: number;
  /** Bytes of an argument. */
  readonly argument: number;
  /** Arguments of a request, its name included. */
  readonly arguments: number;
  /** Bytes of all arguments of a request. */
  readonly request: number;
  /** Bytes of a request that is typed as a line. */
  readonly line: number;
  /** Bytes of a key. */
  readonly key: number;
  /** Bytes of the values in one answer. */
  readonly answer: number;
  /** Requests of a connection that are not answered; the node reads no further meanwhile. */
  readonly pipeline: number;
  /** Bytes that a connection may have left unread; the node takes no further requests from it meanwhile. */
  readonly unread: number;
  /** Bytes of answers that all connections together have not taken: beyond it the one that holds most is cut off. */
  readonly unreadInAll: number;
  /** Bytes of all requests of all connections that are not answered. */
  readonly underWay: number;
  /** How long a request may be unfinished, a connection silent before its first, an answer unread. */
  readonly patienceMs: number;
}

const KIB = 1_024;

export const LIMITS: Limits = {
  clients: 128,
  argument: 512 * KIB,
  arguments: 130,
  request: 1_024 * KIB,
  line: 64 * KIB,
  key: KIB,
  answer: 1_024 * KIB,
  pipeline: 32,
  unread: 256 * KIB,
  unreadInAll: 64 * 1_024 * KIB,
  underWay: 32 * 1_024 * KIB,
  patienceMs: 10_000,
};

/** Bytes of a pattern and keys a step of SCAN: matching is O(pattern * key) for each of them. */
export const SCAN_LIMITS = { pattern: 128, count: 512 } as const;

/** How long a request may take before its client is told that the outcome is not known. */
export const ANSWER_MS = 2_000;
