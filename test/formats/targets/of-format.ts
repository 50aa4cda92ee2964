import { assertGeoJson, assertGpx, assertKml, csvRows } from "./documents";
import {
  HomeAssistantReceiver,
  InfluxReceiver,
  NgpReceiver,
  OwnTracksReceiver,
  type Sent,
  ThingsBoardReceiver,
  TraccarReceiver,
  type Verdict,
  WorldmapReceiver,
} from "./receivers";

type Receiver = (sent: Sent) => Verdict;

/** A checker that throws, as a receiver. */
const checked =
  (check: (payload: never) => unknown) =>
  ({ payload }: Sent): Verdict => {
    check(payload as never);
    return { status: 200, stored: true };
  };

/** Influx has types by measurement. */
function influx(): Receiver {
  const measurements = new Map<string, InfluxReceiver>();
  return (sent) => {
    const name = String(sent.topic);
    const measurement = measurements.get(name) ?? new InfluxReceiver();
    measurements.set(name, measurement);
    return measurement.take(sent);
  };
}

const RECEIVERS: Readonly<Record<string, () => Receiver>> = {
  ngp: () => {
    const receiver = new NgpReceiver();
    return (sent) => receiver.mqtt(sent);
  },
  traccar: () => {
    const receiver = new TraccarReceiver();
    return (sent) => receiver.http(sent);
  },
  owntracks: () => {
    const receiver = new OwnTracksReceiver();
    return (sent) => receiver.mqtt(sent);
  },
  worldmap: () => {
    const receiver = new WorldmapReceiver();
    return (sent) => receiver.take(sent);
  },
  homeAssistant: () => {
    const receiver = new HomeAssistantReceiver();
    return (sent) => receiver.mqtt(sent);
  },
  thingsboard: () => {
    const receiver = new ThingsBoardReceiver();
    return (sent) => receiver.mqtt(sent);
  },
  geojson: () => checked(assertGeoJson),
  gpx: () => checked(assertGpx),
  kml: () => checked(assertKml),
  csv: () => checked(csvRows),
  influxdb: influx,
};

/** The other end of a format, that knows nothing yet. Throws where a format has none. */
export function receiverOf(id: string): Receiver {
  const make = RECEIVERS[id];
  if (make === undefined) throw new Error(`no rules for ${id}`);
  return make();
}
