import { stage } from "../../../kit/index.ts";
import { deaths } from "./stage-deaths.ts";
import { expiry } from "./stage-expiry.ts";
import { replay } from "./stage-replay.ts";
import { twoAtOnce } from "./stage-two-at-once.ts";

stage(1, "Run once, replay the answer", replay);
stage(2, "Two at once", twoAtOnce);
stage(3, "Die between any two statements", deaths);
stage(4, "Keys that expire", expiry);
