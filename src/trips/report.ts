import type { Interval } from "./interval";
import { type Score, type ScoreSettings, scoreOf } from "./score";

/** A trip as a report has it. */
export interface ReportTrip {
  /** As it was told; absent where it was not. */
  readonly id?: string;
  readonly imei: string;
  readonly name: string;
  readonly plate: string;
  readonly driver: string;
  readonly trip: Interval;
  readonly score: Score;
}

export interface ReportTotals {
  readonly trips: number;
  /** Kilometres, seconds, litres. */
  readonly distance: number;
  readonly duration: number;
  readonly fuelUsed: number;
  readonly score: Score;
}

export interface Report {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly trips: readonly ReportTrip[];
  readonly totals: ReportTotals;
  /** By the name of the driver; empty for trips of which none is known. */
  readonly drivers: Readonly<Record<string, ReportTotals>>;
}

export const REPORT_FORMATS = ["records", "csv", "html"] as const;

/** Trips by the time at which they began, with totals of all and of each driver. */
export function reportOf(
  from: number,
  to: number,
  trips: readonly ReportTrip[],
  settings: ScoreSettings,
): Report {
  const sorted = trips.toSorted((a, b) => a.trip.start.time - b.trip.start.time);
  const drivers = Map.groupBy(sorted, ({ driver }) => driver);
  return {
    from,
    to,
    trips: sorted,
    totals: totalsOf(sorted, settings),
    drivers: Object.fromEntries([...drivers].map(([name, own]) => [name, totalsOf(own, settings)])),
  };
}

function totalsOf(trips: readonly ReportTrip[], settings: ScoreSettings): ReportTotals {
  const intervals = trips.map(({ trip }) => trip);
  const sum = (value: (trip: Interval) => number | undefined) =>
    Math.round(intervals.reduce((total, trip) => total + (value(trip) ?? 0), 0) * 1000) / 1000;
  return {
    trips: trips.length,
    distance: sum(({ distance }) => distance),
    duration: sum(({ duration }) => duration),
    fuelUsed: sum(({ fuelUsed }) => fuelUsed),
    score: scoreOf(intervals, settings),
  };
}

const iso = (time: number): string => new Date(time).toISOString();

/** A table with a line for each trip, and its head. Times as ISO 8601 in UTC. */
export function reportRows({ trips }: Report): string[][] {
  const columns: readonly (readonly [string, (row: ReportTrip) => unknown])[] = [
    ["id", ({ id }) => id],
    ["imei", ({ imei }) => imei],
    ["name", ({ name }) => name],
    ["plate", ({ plate }) => plate],
    ["kind", ({ trip }) => trip.kind],
    ["start", ({ trip }) => iso(trip.start.time)],
    ["end", ({ trip }) => iso(trip.end.time)],
    ["startLatitude", ({ trip }) => trip.start.latitude],
    ["startLongitude", ({ trip }) => trip.start.longitude],
    ["endLatitude", ({ trip }) => trip.end.latitude],
    ["endLongitude", ({ trip }) => trip.end.longitude],
    ["startPlace", ({ trip }) => trip.start.place],
    ["endPlace", ({ trip }) => trip.end.place],
    ["startFences", ({ trip }) => trip.start.fences?.join("; ")],
    ["endFences", ({ trip }) => trip.end.fences?.join("; ")],
    ["distance", ({ trip }) => trip.distance],
    ["duration", ({ trip }) => trip.duration],
    ["movingTime", ({ trip }) => trip.movingTime],
    ["idleTime", ({ trip }) => trip.idleTime],
    ["topSpeed", ({ trip }) => trip.topSpeed],
    ["meanSpeed", ({ trip }) => trip.meanSpeed],
    ["fuelUsed", ({ trip }) => trip.fuelUsed],
    ["driver", ({ driver }) => driver],
    ["score", ({ score }) => score.value],
  ];
  const cells = trips.map((row) => columns.map(([, value]) => String(value(row) ?? "")));
  return [columns.map(([name]) => name), ...cells];
}

const WORDS = {
  en: ["Logbook", "Date", "From", "To", "km", "Driver", "Vehicle", "Purpose", "Total", "carried"],
  de: ["Fahrtenbuch", "Datum", "Von", "Nach", "km", "Fahrer", "Fahrzeug", "Zweck", "Summe", "getragen"],
} as const;
export type ReportLanguage = keyof typeof WORDS;

/** A page to print, with an empty column for the purpose. Throws a RangeError where the time zone is none. */
export function logbook(report: Report, language: ReportLanguage, timeZone: string | undefined): string {
  const [title, date, from, to, km, driver, vehicle, purpose, total, carried] = WORDS[language];
  const options = { dateStyle: "short", timeStyle: "short", timeZone } as const;
  const time = new Intl.DateTimeFormat(language === "de" ? "de-DE" : "en-GB", options);
  const place = ({ latitude, longitude, place: name, fences = [] }: Interval["start"]) => {
    if (latitude === undefined || longitude === undefined) return "";
    const known = [fences.join(", "), name].filter(Boolean).join(" – ");
    return known || `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  };
  const row = (cells: readonly unknown[], cell = "td") =>
    `<tr>${cells.map((value) => `<${cell}>${escaped(String(value ?? ""))}</${cell}>`).join("")}</tr>`;
  const lines = report.trips.map(({ trip, name, imei, plate, driver: who }) =>
    row([
      time.format(trip.start.time),
      place(trip.start),
      place(trip.end),
      trip.distance?.toFixed(1),
      who,
      [name || imei, plate, trip.kind === "carried" ? `(${carried})` : ""].filter(Boolean).join(" "),
      "",
    ]),
  );
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${title}</title>
<style>
body { font: 11pt sans-serif; } table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #999; padding: 3px 6px; text-align: left; } td:nth-child(4) { text-align: right; }
td:last-child { min-width: 12em; } tr { break-inside: avoid; } @page { size: landscape; }
</style></head><body>
<h1>${title}</h1>
<p>${time.format(report.from)} – ${time.format(report.to)}</p>
<table><thead>${row([date, from, to, km, driver, vehicle, purpose], "th")}</thead>
<tbody>${lines.join("\n")}</tbody>
<tfoot>${row([total, "", "", report.totals.distance.toFixed(1), "", "", ""])}</tfoot></table>
</body></html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (found) => ENTITIES[found] as string);
}
