import { isBlank } from "../../src/saved";
import { PRESETS, type PresetName, type TripSettings } from "../../src/trips/settings";

/** Fields that a preset fills, each with how many of its unit make one of the dialog's. */
const FILLED = {
  away: 1,
  standRadius: 1,
  standTime: 60,
  silence: 60,
  idleAfter: 60,
  speedLimit: 1,
  grace: 1,
  acceleration: 1,
  braking: 1,
  cornering: 1,
} as const satisfies Partial<Record<keyof TripSettings, number>>;
/** Fields of the parts that are closed at first. */
const CLOSED = {
  "#tracker-trips-more": ["away", "standRadius", "standTime", "silence", "idleAfter"],
  "#tracker-trips-driving": ["speedLimit", "grace", "acceleration", "braking", "cornering"],
  "#tracker-trips-score": [
    "pointsAcceleration",
    "pointsBraking",
    "pointsCornering",
    "pointsIdling",
    "pointsOver",
    "pointsOver20",
    "pointsOver40",
  ],
} as const;

/** Brings the dialog to life. */
export function prepare(node: Readonly<Record<string, unknown>>): void {
  for (const [part, fields] of Object.entries(CLOSED)) {
    $(part).prop(
      "open",
      fields.some((field) => !isBlank(node[field])),
    );
  }
  const show = () => {
    const name = String(input("preset").val());
    const preset: TripSettings = Object.hasOwn(PRESETS, name) ? PRESETS[name as PresetName] : PRESETS.car;
    for (const [field, unit] of Object.entries(FILLED)) {
      const usual = preset[field as keyof typeof FILLED];
      input(field).attr("placeholder", String(usual / unit));
    }
  };
  input("preset").on("change", show);
  show();
}

function input(field: string): JQuery {
  return $(`#tracker-trips #node-input-${field}`);
}
