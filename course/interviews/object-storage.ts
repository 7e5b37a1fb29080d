import { defineInterview } from "../interview.ts";
import { calibration } from "./object-storage/calibration.ts";
import { figures } from "./object-storage/figures.ts";
import { mid } from "./object-storage/mid.ts";
import { senior } from "./object-storage/senior.ts";
import { sideBySide } from "./object-storage/side-by-side.ts";
import { staff } from "./object-storage/staff.ts";
import { hired } from "./object-storage/transcripts.ts";

export const objectStorageInterview = defineInterview({
  system: "object-storage",
  title: "Design an object store",
  sheets: { mid, senior, staff },
  calibration,
  hired,
  sideBySide,
  figures,
});
