import type { TripNews } from "../../src/trips/ledger";
import type { ScenePoint } from "./trip-scenes";

export const IMEI = "869595061374194";

/** What a device reports in a scene, as a decoder gives it. */
export function recordOf(point: ScenePoint, attributes: object = {}) {
  const { time, arrival, ignition, ...position } = point;
  return {
    schema: 1,
    kind: "telemetry",
    protocol: "iotm",
    imei: IMEI,
    time,
    receivedAt: arrival,
    position,
    attributes: { ...(ignition === undefined ? {} : { ignition }), ...attributes },
    sensors: {},
  } as const;
}

/** A listener who believes what it is told, and refuses what contradicts what it was told before. */
export class TripClient {
  private readonly known = new Map<string, TripNews>();

  hear(news: readonly TripNews[]): void {
    for (const one of news) {
      const { id, revision, change } = one;
      const before = this.known.get(`${one.what} ${id}`);
      const isKnown = before !== undefined && before.change !== "deleted";
      if (change === "created" ? isKnown : !isKnown)
        throw new Error(`${id} was ${change}, but it was ${before?.change ?? "never told"}`);
      if (isKnown && revision <= before.revision) throw new Error(`${id}: revision ${revision} again`);
      this.known.set(`${one.what} ${id}`, one);
    }
  }

  /** What is true as far as it was told, in an order that does not depend on when. */
  get truth(): string[] {
    return [...this.known.values()]
      .filter(({ change }) => change !== "deleted")
      .map(({ content }) =>
        JSON.stringify("open" in content && content.open ? beginningOf({ ...content }) : content),
      )
      .sort();
  }
}

/** What still lasts is told when it begins; how far it has come depends on when that was. */
function beginningOf({ kind, type, start, open }: Record<string, unknown>) {
  return { kind, type, start, open };
}
