/** What a message says about its sender must be on stable storage when it is sent. */

import type { Message, Stored } from "../../../../given/object-storage/replicated-log.ts";

/** Says what is not stored, if anything. */
export function unstored(stored: Stored, message: Message): string | undefined {
  const { from, to, term } = message;
  const { hardState, snapshot, entries } = stored;
  if (hardState.term < term) return `${from} speaks in term ${term}, and has stored term ${hardState.term}`;
  if (hardState.term > term) return undefined;
  if (message.type === "request-vote" && hardState.votedFor !== from)
    return `${from} asks for votes, and has not stored that it votes for itself`;
  if (message.type === "vote" && message.granted && hardState.votedFor !== to)
    return `${from} votes for ${to}, and has stored ${hardState.votedFor ?? "no vote"}`;
  const last = entries.at(-1)?.index ?? snapshot?.index ?? 0;
  if (message.type === "appended" && message.success && message.index > last)
    return `${from} says that it has everything up to ${message.index}, and has stored up to ${last}`;
  if (message.type === "append" && message.prevIndex + message.entries.length > last)
    return `${from} sends entry ${message.prevIndex + message.entries.length}, and has stored up to ${last}`;
  return undefined;
}
