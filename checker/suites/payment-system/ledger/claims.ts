/** What the chapter and the contract state about the ledger, and this suite checks. */

import { invariant } from "../../../kit/violation.ts";

export const balanced = invariant(
  "payment-system",
  "ledger-balances",
  "The postings of a transfer add up to zero in every currency, in whole minor units, and all of them are " +
    "there or none.",
  "Pacioli, Summa de arithmetica, Particularis de computis et scripturis, 1494",
);

export const derivable = invariant(
  "payment-system",
  "ledger-derivable",
  "The balance of an account is the sum of its postings, in every state that can be read. The wallet is a " +
    "read model of them.",
);

export const onlyAdded = invariant(
  "payment-system",
  "ledger-only-added",
  "A posting is never updated or deleted: a mistake is reversed by another transfer.",
);

export const overdraft = invariant(
  "payment-system",
  "ledger-overdraft",
  "The balance of an account, less what its holds keep back, never goes below its overdraft rule, whichever " +
    "other transfers run at the same moment.",
);

export const saidOnce = invariant(
  "payment-system",
  "ledger-said-once",
  "A transfer or hold that is said again under its id has no second effect, however much has happened since; " +
    "other content under that id is refused.",
);

export const holdEndsOnce = invariant(
  "payment-system",
  "ledger-hold-ends-once",
  "A hold keeps its amount back until it is posted, voided or expires, and one of the three happens to it, once.",
  "TigerBeetle, documentation, two-phase transfers",
);

export const oneStep = invariant(
  "payment-system",
  "ledger-one-step",
  "A call is done as a whole or not at all, wherever its process or its connection dies; said again, it is done once.",
);

export const noCircle = invariant(
  "payment-system",
  "ledger-no-circle",
  "Locks are taken in one order: transfers wait for each other, and never in a circle.",
  "PostgreSQL, documentation, 13.3.4",
);

export const shared = invariant(
  "payment-system",
  "ledger-shares-commits",
  "Callers that wait at the same time share transactions, and a refused one takes none of the others with it.",
);
