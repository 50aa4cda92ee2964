// Every row of npm run bench, and its bar. A bar is a promise: it is moved only with a reason in the commit.

export interface Row {
  readonly what: string;
  /** "×": a ratio to what `what` names, run in turn with it. */
  readonly unit: "×" | "µs" | "ms" | "s" | "%" | "bytes" | "KB" | "MB" | "/s";
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** By area (a file in areas/) and name. */
export const ROWS = {
  decode: {
    capture: {
      what: "a capture of 13 records, decoded and normalized, against a reader that only walks and allocates",
      unit: "×",
      atLeast: 0.75,
    },
    captureWithoutCode: { what: "the same, where no code may be generated", unit: "×", atLeast: 0.5 },
    mix: { what: "the same, a mix of 25 layouts as a fleet has it", unit: "×", atLeast: 0.5 },
    layouts: { what: "the same, 3,000 layouts", unit: "×", atLeast: 0.2 },
    xtcu: {
      what: "Globalmatix, 30 signals by 30 rules, time against JSON.parse of it",
      unit: "×",
      atMost: 5,
    },
    stepByStep: { what: "for scale: the capture, read step by step", unit: "×" },
  },
  nodes: {
    passThrough: { what: "for scale: mqtt in and a pass-through function node, a message", unit: "µs" },
    frame: {
      what: "BCE decoder, one message a frame of 13, speed against a pass-through function node",
      unit: "×",
      atLeast: 1,
    },
    record: {
      what: "BCE decoder, one message a record, speed against a function node that sends 13 prepared messages",
      unit: "×",
      atLeast: 1.3,
    },
    registryFrame: {
      what: "BCE decoder (a frame) and device registry on a file, time against the pass-through's",
      unit: "×",
      atMost: 3.5,
    },
    registryRecord: {
      what: "BCE decoder (a record) and device registry on a file, time against the pass-through's",
      unit: "×",
      atMost: 6,
    },
    latency: {
      what: "what decoder and registry add to the 99th of 100 latencies of the pass-through, 500 messages a second",
      unit: "ms",
      atMost: 1,
    },
  },
  profile: {
    around: {
      what: "BCE decoder, one message a frame: what the costliest function of ours outside of decoding takes of the profile",
      unit: "%",
      atMost: 10,
    },
  },
  pi: {
    memory: {
      what: "all of `npm start`, 25 devices: memory above a Node-RED with an empty flow",
      unit: "MB",
      atMost: 96,
    },
    cpu: { what: "the same: share of a core", unit: "%", atMost: 2.3 },
    disk: { what: "the same: written to the disk a day", unit: "MB", atMost: 620 },
    flows: {
      what: "25 devices every 10 s, built-in broker, decoder, registry: share of a core above an empty flow",
      unit: "%",
      atMost: 2,
    },
    message: { what: "the same: written to the disk a message", unit: "KB", atMost: 3 },
  },
  registry: {
    fingerprint: {
      what: "how a duplicate is recognised, a reading: time against JSON.stringify of it",
      unit: "×",
    },
    received: { what: "a reading taken in (state, duplicates, late, online): the same", unit: "×" },
  },
  history: {
    car: {
      what: "history on the disk, a record of a car of 22 values every 10 s",
      unit: "bytes",
      atMost: 12,
    },
    moreValues: { what: "the same with 25 values", unit: "bytes", atMost: 15 },
    allValues: { what: "the same with all that a simulated car says today, about 40 values", unit: "bytes" },
    fleet: {
      what: "the same, 1,000 cars of 22 values every minute for 6 hours, in chunks as with 10,000",
      unit: "bytes",
      atMost: 25,
    },
    slice: {
      what: "the same, and a device that uploads 86,400 records of a day: longest slice of the work that puts records into chunks, for which a commit waits",
      unit: "ms",
      atMost: 200,
    },
    commit: {
      what: "written to the disk a commit of 25 cars, beside 50 bytes a record",
      unit: "KB",
      atMost: 6,
    },
    mainThread: { what: "a record handed over to history by the main thread", unit: "µs", atMost: 2 },
  },
  queries: {
    overview: { what: "1,000,000 records of a device: an overview in 2,000 points", unit: "ms", atMost: 20 },
    track: { what: "the same: a day's track", unit: "ms", atMost: 20 },
    attribute: { what: "the same: one attribute over all, in 1,000 points", unit: "ms", atMost: 200 },
    day: { what: "the same: a day with all values", unit: "ms" },
    last: { what: "the same: the last 100 records", unit: "ms" },
    seen: { what: "the same: whether each of 60 records was seen", unit: "ms" },
  },
  map: {
    page: { what: "the map's page, packed", unit: "KB", atMost: 170 },
    paint: { what: "10,000 devices, Chromium with software drawing: first paint", unit: "s", atMost: 0.3 },
    all: { what: "the same: all vehicles are there", unit: "s", atMost: 1.5 },
    frames: {
      what: "the same: frames a second with 8,000 unclustered in a town, 800 of them moving",
      unit: "/s",
      atLeast: 50,
    },
  },
  alarms: {
    record: {
      what: "1,000 devices among 1,000 fences, 20 rules: CPU time of the main thread for the fences and alarms of a record",
      unit: "µs",
      atMost: 10,
    },
    saved: {
      what: "the same, with alarms told, and all saved in memory after each 1,000 records",
      unit: "µs",
    },
  },
  memory: {
    first: { what: "memory of a device of 30 attributes after one reading", unit: "KB", atMost: 2 },
    later: { what: "the same after 1,024 readings", unit: "KB", atMost: 2.5 },
    fleet: { what: "heap of 100,000 devices", unit: "MB", atMost: 300 },
  },
  opening: {
    blocked: {
      what: "opening 100,000 devices: longest time that the loop is blocked",
      unit: "ms",
      atMost: 50,
    },
    peak: { what: "the same: memory at its peak", unit: "MB", atMost: 500 },
    firstMessage: { what: "the same: until the first message is through", unit: "s", atMost: 2 },
  },
  broker: {
    acknowledged: {
      what: "built-in broker, 1,000 connections, QoS 1 acknowledged after storing, messages against bare aedes",
      unit: "×",
      atLeast: 0.5,
    },
    delivered: { what: "the same: delivered to the flow, of what was acknowledged", unit: "×", atLeast: 1 },
    logins: {
      what: "1,000 devices with passwords of the package's making log in after a start",
      unit: "s",
      atMost: 5,
    },
    loginsAgain: { what: "1,000 devices with any passwords log in after a restart", unit: "s", atMost: 5 },
    firstDeploy: { what: "first deploy of broker and mqtt config, until connected", unit: "s", atMost: 0.5 },
  },
  limits: {
    sender: { what: "sender check of the built-in broker: longest block by a message of 1 MB", unit: "ms" },
    xtcu: { what: "Globalmatix decoder: the same", unit: "ms" },
    bce: { what: "BCE decoder: the same", unit: "ms" },
    import: { what: "import of devices: the same, a list of 1 MB", unit: "ms" },
  },
  simulator: {
    driving: { what: "a simulated second of 5,000 devices that drive and report nothing", unit: "ms" },
    reporting: { what: "the same, each reporting every 10 s: time against driving alone", unit: "×" },
    memory: { what: "memory of a simulated device", unit: "bytes" },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Row>>>>;

export type AreaName = keyof typeof ROWS;

export function rowsOf(area: AreaName): [name: string, row: Row][] {
  return Object.entries(ROWS[area]);
}
