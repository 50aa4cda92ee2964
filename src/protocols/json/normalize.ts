import type { Problem } from "../../errors";
import { correctRollover } from "../../model/device-clock";
import { eventInWords } from "../../model/events";
import { type IdentitySubject, identityOfBytes, identityOfValues } from "../../model/identity";
import { checkSender, isImeiName } from "../../model/imei";
import type { DeviceEvent, Position, RawFile, Scalar, Telemetry } from "../../model/message";
import { isNullIsland } from "../../model/position";
import { ShapeCache } from "../../model/shape-cache";
import type { Received } from "../protocol";
import { type Claim, unfitCode, unfitOf } from "./claims";
import { isBit } from "./convert";
import type { Leaves } from "./leaves";
import type { Mapped } from "./map";
import type { RawReading } from "./readings";
import { findTarget, OWN_TARGETS, type Target } from "./targets";
import { EARLIEST_BELIEVED } from "./time";

/** What all readings of a payload have in common. */
export interface ReadingOrigin extends Received {
  /** Id of the protocol. */
  readonly protocol: string;
}

const attributeShapes = new ShapeCache();
const sensorShapes = new ShapeCache();

/** What goes into the record itself or its position. */
export const NOT_ATTRIBUTES: ReadonlySet<string> = new Set(OWN_TARGETS.map(({ key }) => key));

/** A reading in the units of the vocabulary; what is missing is null. */
export interface Normalized {
  readonly record: (Omit<Telemetry, "time"> | Omit<DeviceEvent, "time">) & { readonly time: number | null };
  /** Coordinates that are none; the record has them in `sensors`. */
  readonly problem: Problem | undefined;
  /** Paths of the payload that signals take, or rules leave out. */
  readonly used: ReadonlySet<string | undefined>;
}

/**
 * Makes a record of a reading. Nothing is lost: what fills nothing is in `sensors` under its path, but for what a
 * rule ignores.
 */
export function normalizeReading(
  { leaves }: RawReading,
  { claims, ignored, problems, unfit }: Mapped,
  origin: ReadingOrigin,
): Normalized {
  const { position, problem } = positionOf(claims, unfit.has("fix"));
  const { time, warnings: ofTime } = timeOf(claims.get("time"), origin.receivedAt);
  const filled = [...claims.values()].filter(({ to }) =>
    to === "time" ? time !== null : position !== undefined || !POSITION_TARGETS.has(to),
  );
  const { attributes, units } = attributesOf(filled);
  const used = new Set<string | undefined>(ignored);
  for (const { path, unitPath } of filled) used.add(path).add(unitPath);
  const sensors = unusedOf(leaves, used, masksOf(filled));

  const imei = imeiOf(claims, origin);
  const errors = problems.filter(({ code }) => code === "POSITION_RANGE");
  const warnings = [
    ...(imei === null ? [] : checkSender(imei, origin.topicImei)),
    ...problems.filter((one) => !errors.includes(one) && !(imei !== null && isOther(one))),
    ...ofTime,
  ];
  const isTimeUnknown = time === null && (unfit.has("time") || claims.has("time"));
  const event = claims.get("event")?.value;
  const kind = event === undefined ? "telemetry" : "event";
  const record = {
    schema: 1,
    kind,
    protocol: origin.protocol,
    imei,
    identity: identityOfReading({ imei, kind }, leaves, time, origin),
    time,
    ...(isTimeUnknown ? { timeUnknown: true } : {}),
    receivedAt: origin.receivedAt,
    ...(event === undefined ? {} : { event: eventInWords(String(event)) }),
    ...(position === undefined ? {} : { position }),
    attributes: attributeShapes.build(attributes),
    sensors: sensorShapes.build(sensors),
    ...(units.length === 0 ? {} : { units: Object.fromEntries(units) }),
    ...(warnings.length === 0 ? {} : { warnings }),
  } as Normalized["record"];
  return { record, problem: problem ?? errors[0], used };
}

/** What fills names of the vocabulary or of the user's own, and the units of the latter. */
function attributesOf(claims: readonly Claim[]): {
  attributes: Map<string, Scalar>;
  units: (readonly [name: string, unit: string])[];
} {
  const attributes = new Map<string, Scalar>();
  const units: (readonly [string, string])[] = [];
  for (const { to, value, ownUnit } of claims) {
    if (NOT_ATTRIBUTES.has(to)) continue;
    attributes.set(to, value);
    if (ownUnit !== undefined) units.push([to, ownUnit]);
  }
  return { attributes, units };
}

/** Values that nothing was made of, or only a part. */
function unusedOf(
  leaves: Leaves,
  used: ReadonlySet<string | undefined>,
  masks: ReadonlySet<string | undefined>,
): Map<string, Scalar> {
  const unused = new Map<string, Scalar>();
  for (const [path, value] of leaves) if (!used.has(path) || masks.has(path)) unused.set(path, value);
  return unused;
}

/** Of what the reading has of its own, and where no time is among it, of that of receipt. */
function identityOfReading(
  subject: IdentitySubject,
  leaves: Leaves,
  time: number | null,
  { receivedAt }: ReadingOrigin,
): string {
  return identityOfValues(subject, leaves, time === null ? receivedAt : undefined);
}

/**
 * The time of a reading, and what is to be said of it; null where none is known, or it is so early that no clock of a
 * tracker says it but by a rolled over GPS week.
 */
function timeOf(claim: Claim | undefined, receivedAt: number): { time: number | null; warnings: Problem[] } {
  if (typeof claim?.value !== "number") return { time: null, warnings: [] };
  const { time, warning } = correctRollover(claim.value, receivedAt);
  if (time >= EARLIEST_BELIEVED) {
    const place = claim.path === undefined ? {} : { path: claim.path };
    return { time, warnings: warning === undefined ? [] : [{ ...warning, ...place }] };
  }
  const said = new Date(claim.value).toISOString();
  const { problem } = unfitOf(said, findTarget("time") as Target, claim.path ?? "time");
  return { time: null, warnings: [problem] };
}

/** Paths of which only bits are taken: of the other bits nobody has said yet what they are. */
function masksOf(claims: readonly Claim[]): ReadonlySet<string | undefined> {
  const masks = new Set<string | undefined>();
  for (const { path, unit } of claims) if (isBit(unit)) masks.add(path);
  if (masks.size > 0) for (const { path, unit } of claims) if (!isBit(unit)) masks.delete(path);
  return masks;
}

/** A number under `id` is no wrong IMEI where something else says whose the reading is. */
function isOther({ code, path = "" }: Problem): boolean {
  return code.startsWith("IMEI_") && !isImeiName(path);
}

function imeiOf(claims: ReadonlyMap<string, Claim>, { topicImei }: ReadingOrigin): string | null {
  const said = claims.get("imei")?.value;
  return typeof said === "string" ? said : (topicImei ?? null);
}

/** A payload without readings, as it came. */
export function normalizeWhole(
  data: Uint8Array,
  { protocol, topicImei, topic, receivedAt }: ReadingOrigin,
): RawFile {
  const imei = topicImei ?? null;
  return {
    schema: 1,
    kind: "file",
    protocol,
    imei,
    identity: identityOfBytes({ imei, kind: "file" }, data, topic),
    receivedAt,
    recordType: null,
    data,
    ...(topic === undefined ? {} : { topic }),
  };
}

/** What there is only where there are coordinates. */
export const POSITION_TARGETS: ReadonlySet<string> = new Set([
  "latitude",
  "longitude",
  "latitudeHemisphere",
  "longitudeHemisphere",
  "altitude",
  "speed",
  "heading",
  "hdop",
  "fixSatellites",
  "fix",
]);

interface Placed {
  readonly position?: Position;
  readonly problem?: Problem;
}

/**
 * The position, where both coordinates are there and exist. It is valid unless the device says that it has no fix or
 * no satellite, or something that is not understood in the place of a fix, or the coordinates are 0, 0, which is how
 * many devices write that they know none.
 */
function positionOf(claims: ReadonlyMap<string, Claim>, isFixUnread: boolean): Placed {
  const latitude = claims.get("latitude");
  const longitude = claims.get("longitude");
  if (latitude === undefined || longitude === undefined) return {};
  const wrong = outside(latitude, 90) ?? outside(longitude, 180);
  if (wrong !== undefined) return { problem: wrong };
  const number = (key: string) => claims.get(key)?.value as number | undefined;
  const satellites = number("fixSatellites");
  const [degreesNorth, degreesEast] = [latitude.value as number, longitude.value as number];
  const hasFix = claims.get("fix")?.value !== false && !isFixUnread && satellites !== 0;
  const parts = {
    altitude: number("altitude"),
    speed: number("speed"),
    course: number("heading"),
    hdop: number("hdop"),
    satellites,
  };
  const said = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  const position = {
    valid: hasFix && !isNullIsland(degreesNorth, degreesEast),
    // Zero has no sign.
    latitude: degreesNorth + 0,
    longitude: degreesEast + 0,
    ...said,
  };
  return { position };
}

function outside({ to, value, path }: Claim, limit: number): Problem | undefined {
  if (Math.abs(value as number) <= limit) return undefined;
  const message = `${value} is no ${to}: it lies between −${limit} and ${limit}`;
  return { code: unfitCode(to), message, ...(path === undefined ? {} : { path }) };
}
