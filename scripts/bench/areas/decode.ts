// What reading a payload costs, beside what nothing can be cheaper than.
import { DECODE_ROWS } from "../decode";
import { area } from "../frame";

const NAMES = ["capture", "captureWithoutCode", "mix", "layouts", "xtcu", "stepByStep"] as const;

export const AREA = area("decode", (report) => {
  for (const name of NAMES) report.add(name, DECODE_ROWS[name]?.measure() ?? "there is no such row");
});
