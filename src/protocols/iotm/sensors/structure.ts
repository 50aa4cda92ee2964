import { raw, type Sensor } from "./sensor";

/** The GNSS reading that makes a record's position. */
export const GNSS_SENSOR = 0xd000;

/** Families D and E: several values in one. What is in E is not published. */
export const STRUCTURE: readonly Sensor[] = [
  raw(GNSS_SENSOR, "position", "vehicle", "Position", "Position", { unit: "" }),
  ...[1, 2, 3, 4, 5, 6].map((n) =>
    raw(0xeff7 + n, `isobusImplement${n}`, "vehicle", `ISOBUS implement ${n}`, `ISOBUS-Anbaugerät ${n}`),
  ),
  raw(0xeffe, "isobusImplement", "vehicle", "ISOBUS implement (old)", "ISOBUS-Anbaugerät (alt)"),
];
