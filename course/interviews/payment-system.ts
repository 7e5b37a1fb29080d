import { defineInterview } from "../interview.ts";
import { calibration } from "./payment-system/calibration.ts";
import { figures } from "./payment-system/figures.ts";
import { hired } from "./payment-system/hired.ts";
import { mid } from "./payment-system/mid.ts";
import { senior } from "./payment-system/senior.ts";
import { sideBySide } from "./payment-system/side-by-side.ts";
import { staff } from "./payment-system/staff.ts";

export const paymentSystemInterview = defineInterview({
  system: "payment-system",
  title: "Design a payment system",
  sheets: { mid, senior, staff },
  calibration,
  hired,
  sideBySide,
  figures,
});
