import { defineInterview } from "../interview.ts";
import { calibration } from "./rate-limiter/calibration.ts";
import { figures } from "./rate-limiter/figures.ts";
import { hired } from "./rate-limiter/hired.ts";
import { mid } from "./rate-limiter/mid.ts";
import { senior } from "./rate-limiter/senior.ts";
import { sideBySide } from "./rate-limiter/side-by-side.ts";
import { staff } from "./rate-limiter/staff.ts";

export const rateLimiterInterview = defineInterview({
  system: "rate-limiter",
  title: "Design a rate limiter",
  sheets: { mid, senior, staff },
  calibration,
  hired,
  sideBySide,
  figures,
});
