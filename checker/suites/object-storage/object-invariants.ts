/**
 * What the chapter states about objects and their stripes, and the suites of `stripe-store` and `object-store` check.
 */

import { invariant } from "../../kit/violation.ts";
import { MOVES_LITTLE } from "./log-invariants.ts";

export const objectSurvives = invariant(
  "object-storage",
  "object-acknowledged-survives",
  "Nothing acknowledged is lost while at most m fragments of an object are.",
);

export const distinctRacks = invariant(
  "object-storage",
  "placement-distinct-domains",
  "No two fragments of an object are in one failure domain while enough domains are alive; a map with too few is refused rather than quietly stacked.",
);

export const placesKept = invariant("object-storage", "placement-moves-little", MOVES_LITTLE);

export const checksumNames = invariant(
  "object-storage",
  "shard-checksum-names-the-culprit",
  "Parity tells that something is wrong, the checksum tells what: a fragment that fails its checksum is treated as lost, and nothing unchecked is returned.",
);

export const anyK = invariant(
  "object-storage",
  "rs-any-k-of-n",
  "Any k of the k + m fragments give all of them back; fewer than k give nothing, and that is said.",
);

export const systematic = invariant(
  "object-storage",
  "rs-systematic",
  "The first k fragments are the data itself: a read that finds them computes nothing.",
);

export const rangeReads = invariant(
  "object-storage",
  "a-range-reads-what-holds-it",
  "A range is served from the blocks that hold it, each of them checked, and from no others: one read of the disk of a data node, and of a stripe only the fragments that the range touches, while they are sound.",
);

export const nameAfterBytes = invariant(
  "object-storage",
  "object-name-after-bytes",
  "A name points only to bytes that are durable; a put that failed or was never finished is not seen by any get or list.",
);

export const multipartAtomic = invariant(
  "object-storage",
  "multipart-is-atomic",
  "An upload is seen whole when it is completed, with exactly the parts that were named, and not before.",
  "Amazon S3 API Reference, CompleteMultipartUpload and AbortMultipartUpload; User Guide, multipart upload limits",
);

export const versionsKept = invariant(
  "object-storage",
  "versions-are-kept",
  "A put or a delete without a version never makes an older version unreadable; a delete marker hides a key from get and list, and removing the marker shows it again.",
  "Amazon S3 User Guide, working with delete markers; API Reference, DeleteObject",
);

export const listInOrder = invariant(
  "object-storage",
  "list-is-in-order",
  "A list returns every current key of the prefix once, in order, and going on after a page neither repeats nor skips a key that was there all the time.",
  "Amazon S3 API Reference, ListObjectsV2",
);
