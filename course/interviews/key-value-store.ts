import { defineInterview } from "../interview.ts";
import { calibration } from "./key-value-store/calibration.ts";
import { figures } from "./key-value-store/figures.ts";
import { hired } from "./key-value-store/hired.ts";
import { mid } from "./key-value-store/mid.ts";
import { senior } from "./key-value-store/senior.ts";
import { sideBySide } from "./key-value-store/side-by-side.ts";
import { staff } from "./key-value-store/staff.ts";

export const keyValueStoreInterview = defineInterview({
  system: "key-value-store",
  title: "Design a key-value store",
  sheets: { mid, senior, staff },
  calibration,
  hired,
  sideBySide,
  figures,
});
