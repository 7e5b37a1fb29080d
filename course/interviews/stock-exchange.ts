import { defineInterview } from "../interview.ts";
import { calibration } from "./stock-exchange/calibration.ts";
import { figures } from "./stock-exchange/figures.ts";
import { hired } from "./stock-exchange/hired.ts";
import { mid } from "./stock-exchange/mid.ts";
import { senior } from "./stock-exchange/senior.ts";
import { sideBySide } from "./stock-exchange/side-by-side.ts";
import { staff } from "./stock-exchange/staff.ts";

export const stockExchangeInterview = defineInterview({
  system: "stock-exchange",
  title: "Design a stock exchange",
  sheets: { mid, senior, staff },
  calibration,
  hired,
  sideBySide,
  figures,
});
