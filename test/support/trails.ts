import { History } from "../../src/history/history";
import { type Fix, HistoryTrails } from "../../src/map/trails";
import type { Position } from "../../src/model/message";
import { MemoryHistory } from "../../src/store/history/memory";
import { event, reading, START } from "./registry";

/** Trails out of a history in memory. */
export async function trailsInMemory(now: () => number = () => START + 3_600_000) {
  const history = new History(
    new MemoryHistory(now),
    { retention: { age: 90 * 86_400_000, bytes: 2 ** 30 } },
    now,
  );
  await history.open();
  let identity = 0;
  const keepPosition = (imei: string, time: number, position: Position) =>
    history.keep({ ...reading(time, { position }), imei }, ++identity);
  return {
    trails: new HistoryTrails(() => history, now),
    keepPosition,
    keep(imei: string, { time, speed, course, latitude, longitude }: Fix) {
      const known = { ...(speed !== null && { speed }), ...(course !== null && { course }) };
      keepPosition(imei, time, { valid: true, latitude, longitude, ...known });
    },
    happened(imei: string, time: number, text: string) {
      history.keep({ ...event(time, 0, text), imei }, ++identity);
    },
  };
}
