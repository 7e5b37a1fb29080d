/**
 * The rules of the chapter that the suite of the ring buffer cites; each id is the anchor of an `<Invariant>` there.
 */

import { invariant } from "../../../kit/index.ts";

const rule = (id: string, text: string, source?: string) => invariant("stock-exchange", id, text, source);

export const inOrder = rule(
  "ring-in-order",
  "The consumer gets every message once, whole, and in the order in which it was pushed; a full ring refuses, an empty one answers that it is empty.",
);

export const publishedAfterPayload = rule(
  "ring-published-after-payload",
  "An index is published after the words that it speaks for: whoever reads the index may read the words.",
  "ECMA-262, section 29: synchronizes-with, happens-before",
);

export const indicesApart = rule(
  "ring-indices-apart",
  "Each index has one writer and a cache line of its own, and a side asks for the other's index only when its copy says full or empty.",
);

export const nothingHeldBack = rule(
  "ring-nothing-held-back",
  "A batch spares operations, never messages: what is held back is published before anybody could wait for it.",
);

export const noLostWakeUp = rule(
  "ring-no-lost-wake-up",
  "A thread sleeps only while there is nothing for it, and whoever changes that wakes it.",
);
