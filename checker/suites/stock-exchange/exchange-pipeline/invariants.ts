/** The rules of the chapter that the suite of the pipeline cites; each id is the anchor of an `<Invariant>` there. */

import { invariant } from "../../../kit/index.ts";

const rule = (id: string, text: string, source?: string) => invariant("stock-exchange", id, text, source);

export const reportsOnce = rule(
  "reports-once",
  "Every execution report reaches its reader once and in order, whichever engine sent it: equal entries give " +
    "equal reports with equal numbers.",
);

export const loggedFirst = rule(
  "logged-first",
  "A request has one place in the order, and is in the log before any stage acts on it.",
);

export const nothingPilesUp = rule(
  "nothing-piles-up",
  "A stage takes a message only when there is room for what comes of it: a slow reader slows everybody down, and " +
    "nobody drops or hoards.",
);

export const replayThenLive = rule(
  "replay-then-live",
  "An engine that replays the log and then goes on live sends what nobody has seen, and nothing that everybody has.",
);

export const silentStandby = rule(
  "silent-standby",
  "A standby makes every report and sends none, until it is told to speak: then first those that never arrived.",
);

export const oneEpochSpeaks = rule(
  "one-epoch-speaks",
  "Once an epoch has begun, nothing that is sent under an older one is accepted.",
  "M. Burrows, The Chubby lock service, 2006, on sequencers that say under which lock a message was sent",
);
