/**
 * What the chapter states about the way of an order before and behind the book. Every id is an `<Invariant id>` of the
 * chapter.
 */

import { invariant } from "../../kit/violation.ts";

export const oneSequence = invariant(
  "stock-exchange",
  "one-sequence",
  "Every command that is accepted has one number in one order, 1, 2, 3 and so on; what is refused or repeated takes none.",
  "Nasdaq, SoupBinTCP and MoldUDP64 specifications: messages are numbered implicitly, without a gap",
);

export const journalFirst = invariant(
  "stock-exchange",
  "journal-before-action",
  "Nobody acts on a command, and nobody is told of it, before the journal's sync that covers it has returned.",
  "M. Fowler, The LMAX Architecture, 2011",
);

export const requestsOnce = invariant(
  "stock-exchange",
  "requests-take-effect-once",
  "A request that comes again, through whatever gateway, has the number that it had and takes effect no second time; what is too old to be known is refused.",
);

export const timeIsInput = invariant(
  "stock-exchange",
  "time-is-input",
  "Time is stamped once, into the journal, and never steps back; the state machine sees the stamp and no clock.",
  "F. B. Schneider, Implementing Fault-Tolerant Services Using the State Machine Approach, 1990",
);

export const replaySame = invariant(
  "stock-exchange",
  "replay-same-state",
  "Replaying the journal gives the state that there was, and the sequence goes on from there: no acknowledged input is lost, none is invented.",
  "M. Fowler, The LMAX Architecture, 2011",
);

export const snapshotAndTail = invariant(
  "stock-exchange",
  "snapshot-plus-tail",
  "A snapshot and the inputs behind it give the state of a full replay, the memory of requests included.",
);

export const streamInOrder = invariant(
  "stock-exchange",
  "consumers-miss-nothing",
  "A consumer gets every input once and in order, whatever was lost, repeated or overtaken on the way, and knows when something is missing.",
  "Nasdaq, MoldUDP64: heartbeats carry the next sequence number, and gaps are requested again",
);

export const heldBeforeSent = invariant(
  "stock-exchange",
  "held-before-sent",
  "An order reaches the book only when all that it could cost is held.",
);

export const refusedByName = invariant(
  "stock-exchange",
  "rejected-changes-nothing",
  "What the rules do not allow is refused with its reason, and changes nothing.",
  "US SEC rule 15c3-5 (market access), 17 CFR 240.15c3-5",
);

export const nothingNegative = invariant(
  "stock-exchange",
  "nothing-negative",
  "No free or held balance is ever negative, and free, held and spent add up to what was there.",
);

export const releasedExactly = invariant(
  "stock-exchange",
  "released-exactly",
  "When an order has ended, nothing of it is held: what did not trade was released, once.",
);

export const managerFromEvents = invariant(
  "stock-exchange",
  "manager-from-events",
  "The manager's state is what the events say: rebuilt from the log alone, it is the same, and an event applied twice counts once.",
  "M. Fowler, Event Sourcing, 2005",
);

export const raiseEarlyLowerLate = invariant(
  "stock-exchange",
  "raise-early-lower-late",
  "What a changed order could cost is held before the change is sent, and what it frees is free only when the book has made it.",
);
