/** What makes a trip, a stop, idling and a driving event. */
export interface TripSettings {
  /** Metres: a movement that leads so far away is a trip. */
  readonly away: number;
  /** Metres, seconds: what stays so close for so long stands. */
  readonly standRadius: number;
  readonly standTime: number;
  /** Seconds without a fix after which a trip has ended at the last one. */
  readonly silence: number;
  /** Satellites that a fix has to have, where their number is known. */
  readonly satellites: number;
  /** Whether ignition and engine say something: trips with the ignition off are carried, and only an engine idles. */
  readonly ignition: boolean;
  /** Seconds of a running engine in a standing vehicle. */
  readonly idleAfter: number;
  /** Kilometres by the odometer where it can be believed, or always by positions. */
  readonly distanceBy: "odometer" | "positions";
  /** km/h; 0: only the limit that the device says. */
  readonly speedLimit: number;
  /** Seconds above the limit before it is an event. */
  readonly grace: number;
  /** m/s². */
  readonly acceleration: number;
  readonly braking: number;
  readonly cornering: number;
}

/**
 * Figures of harsh driving: Teltonika's defaults for cars; for lorries those of Digital Matter would never be reached, so
 * they are lower than a car's.
 */
const CAR: TripSettings = {
  away: 200,
  standRadius: 40,
  standTime: 180,
  silence: 1800,
  satellites: 4,
  ignition: true,
  idleAfter: 300,
  distanceBy: "odometer",
  speedLimit: 130,
  grace: 10,
  acceleration: 2.5,
  braking: 2.7,
  cornering: 3.4,
};

export const PRESETS = {
  car: CAR,
  lorry: { ...CAR, speedLimit: 90, acceleration: 1.8, braking: 2.5, cornering: 2.5 },
  trailer: { ...CAR, standTime: 300, silence: 3600, ignition: false, speedLimit: 90 },
  container: { ...CAR, away: 500, standTime: 900, silence: 93_600, ignition: false, speedLimit: 0 },
} as const satisfies Readonly<Record<string, TripSettings>>;
export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];
