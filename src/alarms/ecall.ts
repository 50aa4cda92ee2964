import type { Coordinates } from "../model/earth";
import type { AlarmMessage } from "./alarm";
import type { AlarmKindName } from "./kinds";

/** Milliarcseconds. */
interface MsdLocation {
  readonly positionLatitude: number;
  readonly positionLongitude: number;
}

/**
 * What we have of the minimum set of data of an eCall. Names, units and values that mean "unknown" are those of EN 15722;
 * what we never know (propulsion, passengers, vehicle type, recent locations) is left out.
 */
export interface MinimumSetOfData {
  /** Counts up from 1 with each message of the same incident; 255 at most. */
  readonly messageIdentifier: number;
  readonly control: {
    /** A machine noticed it; false: a person pressed a button. */
    readonly automaticActivation: boolean;
    readonly testCall: false;
    readonly positionCanBeTrusted: boolean;
  };
  /** Empty where nobody has entered it. */
  readonly vehicleIdentificationNumber: string;
  /** Seconds since 1970, UTC, of the incident. */
  readonly timestamp: number;
  readonly vehicleLocation: MsdLocation;
  /** Steps of 2 degrees from north. */
  readonly vehicleDirection: number;
}

/** What of the vehicle is not in the alarm. */
export interface EcallVehicle {
  readonly vin: string;
  /** The newest fix: its course is known where it is that of the alarm. */
  readonly fix: (Coordinates & { readonly course?: number | undefined }) | null;
}

const AUTOMATIC: Readonly<Partial<Record<AlarmKindName, boolean>>> = { panic: false, crash: true };
const MAS_PER_DEGREE = 3_600_000;
const UNKNOWN_LOCATION = 0x7fff_ffff;
const UNKNOWN_DIRECTION = 255;
const LAST_IDENTIFIER = 255;

/** Undefined where an alarm is no emergency, or one that was long over when it came to be known. */
export function ecallOf(alarm: AlarmMessage, { vin, fix }: EcallVehicle): MinimumSetOfData | undefined {
  const automaticActivation = Object.hasOwn(AUTOMATIC, alarm.alarm)
    ? AUTOMATIC[alarm.alarm as AlarmKindName]
    : undefined;
  if (automaticActivation === undefined || alarm.past) return undefined;
  const { position } = alarm;
  const isThere =
    position !== null && fix?.latitude === position.latitude && fix.longitude === position.longitude;
  return {
    messageIdentifier: Math.max(1, Math.min(LAST_IDENTIFIER, alarm.revision)),
    control: { automaticActivation, testCall: false, positionCanBeTrusted: position !== null },
    vehicleIdentificationNumber: vin,
    timestamp: Math.floor(alarm.begin / 1000),
    vehicleLocation: {
      positionLatitude: position === null ? UNKNOWN_LOCATION : milliarcseconds(position.latitude),
      positionLongitude: position === null ? UNKNOWN_LOCATION : milliarcseconds(position.longitude),
    },
    vehicleDirection:
      isThere && fix.course !== undefined ? Math.round((fix.course % 360) / 2) % 180 : UNKNOWN_DIRECTION,
  };
}

function milliarcseconds(degrees: number): number {
  return Math.round(degrees * MAS_PER_DEGREE);
}
