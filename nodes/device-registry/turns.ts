import type { Recalled } from "../../src/dedupe/dedupe";
import type { Problem } from "../../src/errors";
import type { Fleet } from "../../src/fleet/fleet";
import { activateUnknown } from "../../src/fleet/requests";
import type { OwnRecord } from "../../src/model/message";
import { toProblem } from "../runtime/problems";

/** By IMEI: messages that are not done yet, of which the next one has to wait for the last. */
export type Turns = Map<string, Promise<unknown>>;

/** What had to be waited for. */
export interface Prepared {
  /** Which of the records that memory knows too little of came before. */
  readonly recalled?: Recalled | undefined;
  /** By IMEI: why an unknown sender could not be activated. */
  readonly failed?: ReadonlyMap<string, Problem>;
}

/** How records come in. */
interface Incoming {
  readonly fleet: Fleet;
  readonly turns: Turns;
  readonly topic: string;
  /** Unknown senders are put on the pending list. */
  readonly list: boolean;
  /** Unknown senders are activated. */
  readonly activates: boolean;
}

/**
 * Does some work with records: at once, or, where the store has to be asked or written before, after that. What a device
 * sends stays in order: while something of it waits, all that comes after it waits, too.
 */
export function whenReady<T>(
  records: readonly OwnRecord[],
  incoming: Incoming,
  work: (prepared: Prepared) => T,
): T | Promise<T> {
  const { turns } = incoming;
  const before = records.flatMap(({ imei }) => turns.get(imei) ?? []);
  // Asked at once, with all others that are asked meanwhile: one after the other, a device's old records would take seconds.
  const recalled = incoming.fleet.recall(records);
  const prepared =
    before.length === 0
      ? prepare(records, incoming, recalled)
      : Promise.allSettled(before).then(() => prepare(records, incoming, recalled));
  if (prepared === undefined) return work({});
  const done = prepared.then((found) => work(found ?? {}));
  const imeis = new Set(records.map(({ imei }) => imei));
  for (const imei of imeis) turns.set(imei, done);
  const end = () => {
    for (const imei of imeis) if (turns.get(imei) === done) turns.delete(imei);
  };
  done.then(end, end);
  return done;
}

/** Undefined where nothing has to be waited for. */
function prepare(
  records: readonly OwnRecord[],
  incoming: Incoming,
  recalled: Promise<Recalled> | undefined,
): Promise<Prepared> | undefined {
  const { fleet, activates } = incoming;
  const unknown = activates ? records.filter(({ imei }) => fleet.devices.get(imei) === undefined) : [];
  if (unknown.length === 0) return recalled?.then((found) => ({ recalled: found }));
  return activateAll(unknown, incoming).then(async (failed) => ({ failed, recalled: await recalled }));
}

/** Activates senders, each once; returns what went wrong. */
async function activateAll(
  records: readonly OwnRecord[],
  { fleet, topic, list }: Incoming,
): Promise<ReadonlyMap<string, Problem>> {
  const failed = new Map<string, Problem>();
  const first = new Map(records.toReversed().map((record) => [record.imei, record]));
  await Promise.all(
    [...first].map(async ([imei, record]) => {
      fleet.receive(record, topic, list);
      await activateUnknown(imei, fleet, "device registry node").catch((error) =>
        failed.set(imei, toProblem(error)),
      );
    }),
  );
  return failed;
}
