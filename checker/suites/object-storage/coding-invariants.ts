/** What the chapter states about coding and durability, and what the suites of these three exercises check. */

import { invariant } from "../../kit/violation.ts";

export const fieldProduct = invariant(
  "object-storage",
  "gf-product",
  "The product of two bytes is their product as polynomials over GF(2), reduced modulo x^8 + x^4 + x^3 + x^2 + 1 " +
    "(0x11D).",
  "Rows of JavaReedSolomon GaloisTest (Backblaze, MIT)",
);

export const fieldAxioms = invariant(
  "object-storage",
  "gf-is-a-field",
  "Bytes form a field: both operations commute and associate, multiplication distributes, and every byte but 0 " +
    "has exactly one inverse.",
);

export const fieldSlices = invariant(
  "object-storage",
  "gf-slices",
  "A kernel over a slice does for every byte what the operation does for one, and touches nothing else.",
);

export const sameShards = invariant(
  "object-storage",
  "rs-shards-are-exchangeable",
  "Parity is the data times the lower rows of V * (top of V)^-1, V[r][c] = r^c: the same bytes as the common " +
    "libraries compute.",
  "JavaReedSolomon (Backblaze, MIT): ReedSolomonTest; the same matrix in klauspost/reedsolomon and " +
    "reed-solomon-erasure",
);

export const anyKofN = invariant(
  "object-storage",
  "rs-any-k-of-n",
  "Any k of the k + m shards give all of them back; fewer than k give nothing, and that is said.",
  "Reed and Solomon, Polynomial Codes over Certain Finite Fields, 1960",
);

export const systematic = invariant(
  "object-storage",
  "rs-systematic",
  "The first k shards are the data itself: a read that finds them computes nothing.",
);

export const checksumNames = invariant(
  "object-storage",
  "shard-checksum-names-the-culprit",
  "Parity tells that something is wrong, the checksum tells what: a shard that fails its checksum is treated as " +
    "lost, and nothing unchecked is returned.",
);

export const lossProbability = invariant(
  "object-storage",
  "loss-is-m-plus-one-at-once",
  "Data is lost when more than m shards fail before the first of them is replaced; with independent failures " +
    "that is a binomial tail.",
  "Backblaze, erasure-coding-durability: calculation.ipynb",
);

export const publishedDurability = invariant(
  "object-storage",
  "durability-published-row",
  "17 + 3 at a failure rate of 0.00405 a year and 6.5 days of repair: 1.310e-13 a period, 7.354e-12 a year, 11 nines.",
  "Backblaze, erasure-coding-durability: README, table of durability.py 17 3 0.00405 6.5",
);

export const tinyProbabilities = invariant(
  "object-storage",
  "durability-keeps-small-numbers",
  "A probability of 10^-200 is computed as well as one of a half: nothing is subtracted from 1 that 1 would swallow.",
);

export const schemesCompared = invariant(
  "object-storage",
  "durability-compared",
  "The worth of a scheme depends on m, on k and on the time of repair: 4 + 2 loses more often than three copies " +
    "at the same repair time.",
);

export const simulated = invariant(
  "object-storage",
  "durability-simulated",
  "A formula is believed when dice agree with it; fixed periods miss the losses that lie across their borders, a " +
    "factor of m + 1.",
);
