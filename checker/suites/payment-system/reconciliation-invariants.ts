/**
 * What the chapter states about reconciliation and the suite of `reconciliation` checks. Every id is an
 * `<Invariant id>` of it.
 */

import { invariant } from "../../kit/violation.ts";

export const findsAll = invariant(
  "payment-system",
  "reconciliation-finds-all",
  "Every difference between the settlement file and the ledger is found, and named by its kind.",
);

export const findsNothingElse = invariant(
  "payment-system",
  "reconciliation-no-false-positive",
  "Books that agree within the terms have no findings: an entry that is not due yet, a time that clocks " +
    "explain, and a row that was delivered twice are no difference.",
);

export const feesByContract = invariant(
  "payment-system",
  "reconciliation-fees-by-contract",
  "The fee of a line is what the contract says of its amount, to the minor unit, for every amount.",
);

export const onlyOrderMatters = invariant(
  "payment-system",
  "reconciliation-is-deterministic",
  "Which findings come out depends on the rows only, not on their order within a reference nor on how often a file " +
    "came.",
);

export const boundedMemory = invariant(
  "payment-system",
  "reconciliation-bounded-memory",
  "However long the file, only the rows of one reference are in memory, and a sort holds no more rows than it was " +
    "allowed.",
);
