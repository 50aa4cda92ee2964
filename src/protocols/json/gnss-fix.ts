import type { Scalar } from "../../model/message";
import { toNumber } from "./numbers";

/** As receivers number their modes: 1 is no fix, 2 and 3 are one. Sources: NMEA 0183, GSA; MAVLink, GPS_FIX_TYPE. */
export const GSA_UNIT = "1 none, 2 2D, 3 3D";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** What receivers and platforms call a fix, in lower case without separators. Sources: NMEA 0183 (RMC, GGA), gpsd, NGP 1.2. */
const FIX = words(
  "a d r f p y yes true on ok good valid active fix fixed hasfix gpsfix locked 2d 3d 2dfix 3dfix 2d3d gps gnss glonass dgps dgnss dgpsfix sbas waas pps rtk rtkfix rtkfixed rtkfloat float floatrtk autonomous differential",
);
/** What they call none: also a position that was estimated, or is the last that was known. */
const NO_FIX = words(
  "v n e m s no none false off nofix nogps nognss notfixed notfix unfixed nofixed notvalid invalid void inactive bad lost fixlost gpslost nosignal nosatellites noposition unavailable notavailable unknown searching acquiring waiting timeout timeonly estimated deadreckoning manual simulation simulator lastknown lastknownposition last stale old cached lbs cell cellid wifi nofixyet",
);
/** GGA: 1 to 5 are kinds of a fix, 6 to 8 estimated, typed in and simulated positions. Source: NMEA 0183, GGA. */
const QUALITY: readonly boolean[] = [false, true, true, true, true, true, false, false, false];
const MODES: readonly boolean[] = [false, false, true, true, true];

/** Whether a position is valid, in the words of receivers; undefined for what is none of them. */
export function readFix(value: Scalar, unit: string): boolean | undefined {
  const fix = typeof value === "boolean" ? value : (fromNumber(value, unit) ?? fromWord(value));
  return fix === undefined ? undefined : fix !== (unit === "inverted");
}

function fromNumber(value: Scalar, unit: string): boolean | undefined {
  const number = toNumber(value);
  return number === undefined ? undefined : (unit === GSA_UNIT ? MODES : QUALITY)[number];
}

function fromWord(value: Scalar): boolean | undefined {
  if (typeof value !== "string" || value.length > 40) return undefined;
  const word = value.toLowerCase().replace(/[^a-z\d]/g, "");
  if (NO_FIX.has(word)) return false;
  return FIX.has(word) ? true : undefined;
}
