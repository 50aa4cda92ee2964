import type { FenceTransition } from "../fences/follow";
import type { EventTypeName } from "../model/events";
import type { Label } from "../model/label";
import type { Scalar } from "../model/message";
import { towed } from "./tow";
import type { AlarmView, Sight } from "./view";

/** A setting of a kind. Numbers have limits and a unit; a text without a default may be left empty. */
export interface AlarmParam {
  readonly label: Label;
  readonly unit?: string;
  readonly default: number | string;
  readonly min?: number;
  readonly max?: number;
  /** A number that may be left empty. */
  readonly optional?: true;
  /** A JSONata expression: it may be this many characters long. */
  readonly expression?: number;
  readonly choices?: Readonly<Record<string, Label>>;
}

export type AlarmParams = Readonly<Record<string, number | string>>;

export interface AlarmKind {
  readonly label: Label;
  readonly params: Readonly<Record<string, AlarmParam>>;
  /** Events that set it off by themselves. */
  readonly events?: readonly EventTypeName[];
  /** Names of the values it looks at. */
  readonly values?: (params: AlarmParams) => readonly string[];
  readonly look?: (view: AlarmView, params: AlarmParams) => Sight;
  /** It looks at the values of the record alone: an acceleration is one of its moment. */
  readonly isOfRecord?: true;
  /** What a device does at a fence that begins it, and what ends it. */
  readonly fence?: {
    readonly on: FenceTransition["kind"];
    readonly off: readonly FenceTransition["kind"][];
  };
  /** Milliseconds of silence that begin it. */
  readonly silence?: (params: AlarmParams) => number;
  /** The registry's own "offline" begins it, "online" ends it. */
  readonly isOffline?: true;
}

const number = (
  en: string,
  de: string,
  unit: string,
  preset: number,
  min: number,
  max: number,
): AlarmParam => ({ label: { en, de }, unit, default: preset, min, max });

/** How long something has to last before it counts. */
const lasting = (seconds: number) => number("for at least", "mindestens", "s", seconds, 0, 86_400);
const FENCE: AlarmParam = {
  label: { en: "fence (name or id; empty: any)", de: "Zone (Name oder Id; leer: jede)" },
  default: "",
};

const DOORS = ["doorFrontLeft", "doorFrontRight", "doorRearLeft", "doorRearRight", "bonnet", "trunk"];
const DRIVERS = ["driverId", "driverCard1", "driverCard2"];

const num = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
const param = (params: AlarmParams, name: string): number => Number(params[name]);
const state = (value: Scalar | undefined): boolean | undefined =>
  typeof value === "boolean" ? value : undefined;
/** True where one is, undefined where none is known. */
const some = (...states: readonly (boolean | undefined)[]): boolean | undefined =>
  states.includes(true) ? true : states.includes(false) ? false : undefined;
const below = (value: number | undefined, limit: number) => (value === undefined ? undefined : value < limit);

/** All kinds of rules, in the order in which the dialog offers them. A new one is one more line. */
export const ALARM_KINDS = {
  overspeed: {
    label: { en: "Too fast", de: "Zu schnell" },
    params: {
      limit: number(
        "limit, where no fence or road has one",
        "Grenze, wo Zone und Straße keine haben",
        "km/h",
        130,
        1,
        500,
      ),
      tolerance: number("tolerance", "Toleranz", "km/h", 5, 0, 100),
      for: lasting(10),
    },
    values: () => ["speedLimit"],
    look: ({ speed, value, fences }, params) => {
      if (speed === undefined) return { on: undefined };
      const own = fences().flatMap(({ speedLimit }) => speedLimit ?? []);
      const limit = own.length > 0 ? Math.min(...own) : num(value("speedLimit")) || param(params, "limit");
      return { on: speed > limit + param(params, "tolerance"), details: { speed, limit } };
    },
  },
  fenceEntered: {
    label: { en: "Fence entered", de: "Zone betreten" },
    params: { fence: FENCE },
    fence: { on: "entered", off: ["left"] },
  },
  fenceLeft: {
    label: { en: "Fence left", de: "Zone verlassen" },
    params: { fence: FENCE },
    fence: { on: "left", off: ["entered"] },
  },
  overstayed: {
    label: {
      en: "Too long in a fence (its longest stay)",
      de: "Zu lange in einer Zone (deren längster Aufenthalt)",
    },
    params: { fence: FENCE },
    fence: { on: "overstayed", off: ["left"] },
  },
  tow: {
    label: { en: "Towed", de: "Abgeschleppt" },
    params: {
      armed: number(
        "armed after the ignition is off for",
        "scharf, wenn die Zündung aus ist seit",
        "s",
        120,
        0,
        86_400,
      ),
      distance: number("moved by", "bewegt um", "m", 200, 20, 100_000),
    },
    events: ["tow"],
    values: () => ["ignition"],
    look: (view, params) =>
      towed(view, state(view.value("ignition")), param(params, "armed") * 1000, param(params, "distance")),
  },
  harshDriving: {
    label: { en: "Harsh driving", de: "Harte Fahrweise" },
    params: {
      g: number(
        "acceleration, braking or cornering from",
        "Beschleunigung, Bremsen oder Kurve ab",
        "g",
        0.4,
        0.1,
        5,
      ),
    },
    events: ["harshAcceleration", "harshBraking", "harshCornering"],
    isOfRecord: true,
    look: ({ value }, params) => strongest(value, param(params, "g")),
  },
  crash: {
    label: { en: "Like a crash", de: "Wie ein Aufprall" },
    params: { g: number("impact from", "Stoß ab", "g", 2, 0.5, 16) },
    events: ["crash", "overturn"],
    isOfRecord: true,
    look: ({ value }, params) =>
      value("overturn") === true
        ? { on: true, details: { overturn: true } }
        : strongest(value, param(params, "g")),
  },
  idling: {
    label: { en: "Idling", de: "Motor läuft im Stand" },
    params: { for: lasting(300) },
    values: () => ["ignition", "engineRunning"],
    look: ({ value, speed }) => {
      const runs = state(value("engineRunning")) ?? state(value("ignition"));
      if (runs === false) return { on: false };
      return { on: runs === undefined || speed === undefined ? undefined : speed < 3 };
    },
  },
  powerCut: {
    label: { en: "Power cut", de: "Stromversorgung getrennt" },
    params: { volts: number("or less than", "oder weniger als", "V", 5, 0, 60), for: lasting(0) },
    values: () => ["externalPower", "externalVoltage"],
    look: ({ value }, params) => {
      const power = state(value("externalPower"));
      const volts = num(value("externalVoltage"));
      const isCut = power === undefined ? undefined : !power;
      return {
        on: some(isCut, below(volts, param(params, "volts"))),
        ...(volts === undefined ? {} : { details: { externalVoltage: volts } }),
      };
    },
  },
  batteryLow: {
    label: { en: "Battery of the tracker low", de: "Batterie des Trackers schwach" },
    params: {
      level: number("less than", "weniger als", "%", 20, 0, 100),
      volts: number("or less than", "oder weniger als", "V", 3.5, 0, 20),
      for: lasting(60),
    },
    events: ["batteryLow"],
    values: () => ["batteryLevel", "batteryVoltage"],
    look: ({ value }, params) => {
      const [level, volts] = [num(value("batteryLevel")), num(value("batteryVoltage"))];
      return {
        on: some(below(level, param(params, "level")), below(volts, param(params, "volts"))),
        details: {
          ...(level === undefined ? {} : { batteryLevel: level }),
          ...(volts === undefined ? {} : { batteryVoltage: volts }),
        },
      };
    },
  },
  valueRange: {
    label: { en: "Value out of its range", de: "Wert außerhalb seines Bereichs" },
    params: {
      sensor: {
        label: { en: "value (name, as in messages)", de: "Wert (Name wie in Nachrichten)" },
        default: "temperature1",
      },
      min: { ...number("at least", "mindestens", "", 0, -1e9, 1e9), default: "", optional: true },
      max: { ...number("at most", "höchstens", "", 0, -1e9, 1e9), default: "", optional: true },
      for: lasting(60),
    },
    values: ({ sensor }) => [String(sensor)],
    look: ({ value }, { sensor, min, max }) => {
      const found = num(value(String(sensor)));
      if (found === undefined) return { on: undefined };
      const isOut = (min !== "" && found < Number(min)) || (max !== "" && found > Number(max));
      return { on: isOut, details: { sensor: String(sensor), value: found } };
    },
  },
  jamming: {
    label: { en: "Jamming", de: "Störsender" },
    params: { for: lasting(0) },
    events: ["jamming"],
    values: () => ["gsmJamming", "gnssJamming"],
    look: ({ value }) => ({ on: some(state(value("gsmJamming")), state(value("gnssJamming"))) }),
  },
  tamper: {
    label: { en: "Tampering", de: "Sabotage" },
    params: { for: lasting(0) },
    events: ["tamper"],
    values: () => ["tamper"],
    look: ({ value }) => ({ on: state(value("tamper")) }),
  },
  panic: {
    label: { en: "Panic", de: "Notruf" },
    params: {
      input: {
        label: {
          en: "also this input (1 to 8; empty: none)",
          de: "auch dieser Eingang (1 bis 8; leer: keiner)",
        },
        default: "",
        min: 1,
        max: 8,
        optional: true,
      },
    },
    events: ["panic"],
    values: ({ input }) => (input === "" ? [] : [`input${input}`]),
    look: ({ value }, { input }) => ({ on: input === "" ? undefined : state(value(`input${input}`)) }),
  },
  doorOpened: {
    label: { en: "Door opened", de: "Tür geöffnet" },
    params: {
      when: {
        label: { en: "while", de: "während" },
        default: "parked",
        choices: {
          parked: { en: "parked (ignition off)", de: "geparkt (Zündung aus)" },
          driving: { en: "driving", de: "der Fahrt" },
          any: { en: "at any time", de: "jederzeit" },
        },
      },
      for: lasting(0),
    },
    values: () => [...DOORS, "ignition"],
    look: ({ value, speed }, { when }) => {
      const open = DOORS.filter((door) => value(door) === true);
      if (open.length === 0) return { on: some(...DOORS.map((door) => state(value(door)))) };
      const ignition = state(value("ignition"));
      const isParked = ignition === undefined ? undefined : !ignition;
      const isDriving = speed === undefined ? undefined : speed >= 5;
      const on = when === "parked" ? isParked : when === "driving" ? isDriving : true;
      return { on, details: { door: open.join(", ") } };
    },
  },
  driverUnknown: {
    label: { en: "Driver unknown", de: "Fahrer unbekannt" },
    params: { for: lasting(60) },
    values: () => DRIVERS,
    look: ({ value, speed }) => {
      const isKnown = DRIVERS.some((name) => (value(name) ?? "") !== "");
      if (isKnown) return { on: false };
      return { on: speed === undefined ? undefined : speed >= 5 };
    },
  },
  offline: {
    label: { en: "Offline (as the registry says)", de: "Offline (wie die Registry sagt)" },
    params: {},
    isOffline: true,
  },
  silent: {
    label: { en: "Silent for too long", de: "Zu lange stumm" },
    params: { minutes: number("for", "seit", "min", 60, 1, 525_600) },
    silence: ({ minutes }) => Number(minutes) * 60_000,
  },
  expression: {
    label: { en: "Own expression (JSONata)", de: "Eigener Ausdruck (JSONata)" },
    params: {
      expression: {
        label: { en: "true of a record", de: "wahr für einen Datensatz" },
        default: "attributes.temperature1 > 8",
        expression: 2000,
      },
      for: lasting(0),
    },
    look: ({ computed }) => ({ on: typeof computed === "boolean" ? computed : undefined }),
  },
} as const satisfies Record<string, AlarmKind>;

export type AlarmKindName = keyof typeof ALARM_KINDS;
export const ALARM_KIND_NAMES = Object.keys(ALARM_KINDS) as readonly AlarmKindName[];

/** What an event says of a value. */
export const EVENT_VALUES: Readonly<Partial<Record<EventTypeName, readonly [name: string, value: boolean]>>> =
  {
    powerLost: ["externalPower", false],
    powerConnected: ["externalPower", true],
    ignitionOn: ["ignition", true],
    ignitionOff: ["ignition", false],
  };

function strongest(value: AlarmView["value"], limit: number): Sight {
  const [along, across] = [num(value("acceleration")), num(value("cornering"))];
  if (along === undefined && across === undefined) return { on: false };
  const most = Math.max(Math.abs(along ?? 0), Math.abs(across ?? 0));
  return { on: most >= limit, details: { g: most } };
}
