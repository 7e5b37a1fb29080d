import { defineInterview } from "../interview.ts";
import { calibration } from "./key-value-store/calibration.ts";
import { figures } from "./key-value-store/figures.ts";
import { mid } from "./key-value-store/mid.ts";
import { senior } from "./key-value-store/senior.ts";
import { staff } from "./key-value-store/staff.ts";

export const keyValueStoreInterview = defineInterview({
  system: "key-value-store",
  title: "Design a key-value store",
  sheets: { mid, senior, staff },
  calibration,
  figures,
});
