import { DEFAULT_SCORE, SCORE_FORMULAS, type ScoreFormula, type ScoreSettings } from "../../src/trips/score";
import { PRESET_NAMES, PRESETS, type PresetName, type TripSettings } from "../../src/trips/settings";
import { between, choice, type Option, type OptionTable } from "../runtime/options";

/** Null where the preset says it. Times in the units of the dialog. */
export interface TripOptions {
  preset: PresetName;
  /** Metres. */
  away: number | null;
  standRadius: number | null;
  /** Minutes. */
  standTime: number | null;
  silence: number | null;
  idleAfter: number | null;
  ignition: "preset" | "yes" | "no";
  distanceBy: TripSettings["distanceBy"];
  /** km/h; 0 for none. */
  speedLimit: number | null;
  /** Seconds. */
  grace: number | null;
  /** m/s². */
  acceleration: number | null;
  braking: number | null;
  cornering: number | null;
  formula: ScoreFormula;
  pointsAcceleration: number;
  pointsBraking: number;
  pointsCornering: number;
  pointsIdling: number;
  pointsOver: number;
  pointsOver20: number;
  pointsOver40: number;
}

const preset = (min: number, max: number): Option<number | null> => ({
  ...between(0, min, max),
  default: null,
});
const points = (usual: number): Option<number> => between(usual, 0, 100);
const [first, ...others] = PRESET_NAMES as readonly [PresetName, ...PresetName[]];

export const TRIPS_OPTIONS: OptionTable<TripOptions> = {
  preset: choice(first, ...others),
  away: preset(50, 10_000),
  standRadius: preset(10, 500),
  standTime: preset(1, 120),
  silence: preset(5, 10_080),
  idleAfter: preset(1, 240),
  ignition: choice("preset", "yes", "no"),
  distanceBy: choice("odometer", "positions"),
  speedLimit: preset(0, 300),
  grace: preset(0, 600),
  acceleration: preset(1, 15),
  braking: preset(1, 15),
  cornering: preset(1, 15),
  formula: choice(...SCORE_FORMULAS),
  pointsAcceleration: points(DEFAULT_SCORE.acceleration),
  pointsBraking: points(DEFAULT_SCORE.braking),
  pointsCornering: points(DEFAULT_SCORE.cornering),
  pointsIdling: points(DEFAULT_SCORE.idling),
  pointsOver: points(DEFAULT_SCORE.over),
  pointsOver20: points(DEFAULT_SCORE.over20),
  pointsOver40: points(DEFAULT_SCORE.over40),
};

/** What counts, with what the preset says. */
export function tripSettings(options: TripOptions): TripSettings {
  const base = PRESETS[options.preset];
  const minutes = (value: number | null, usual: number) => (value === null ? usual : value * 60);
  return {
    away: options.away ?? base.away,
    standRadius: options.standRadius ?? base.standRadius,
    standTime: minutes(options.standTime, base.standTime),
    silence: minutes(options.silence, base.silence),
    satellites: base.satellites,
    ignition: options.ignition === "preset" ? base.ignition : options.ignition === "yes",
    idleAfter: minutes(options.idleAfter, base.idleAfter),
    distanceBy: options.distanceBy,
    speedLimit: options.speedLimit ?? base.speedLimit,
    grace: options.grace ?? base.grace,
    acceleration: options.acceleration ?? base.acceleration,
    braking: options.braking ?? base.braking,
    cornering: options.cornering ?? base.cornering,
  };
}

export function scoreSettings(options: TripOptions): ScoreSettings {
  return {
    formula: options.formula,
    acceleration: options.pointsAcceleration,
    braking: options.pointsBraking,
    cornering: options.pointsCornering,
    idling: options.pointsIdling,
    over: options.pointsOver,
    over20: options.pointsOver20,
    over40: options.pointsOver40,
  };
}
