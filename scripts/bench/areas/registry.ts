// What the registry costs beside the nodes: a reading's fingerprint, and what is done with a reading that is taken in.
import { fingerprint } from "../../../src/dedupe/fingerprint";
import { newDevice } from "../../../src/devices/fields";
import type { Telemetry } from "../../../src/model/message";
import { decodePayload } from "../../../src/protocols/iotm/decode";
import { TestRegistry } from "../../../test/support/registry";
import { area, inTurn, ratios, timed } from "../frame";
import { CAPTURE, IMEI } from "../real/frames";

const TIMES = 5000;

type Own = Telemetry & { readonly imei: string };

/** A reading of a real device, again and again with later times, so that none is a duplicate. */
function freshReadings(): () => Own {
  const [first] = decodePayload(CAPTURE, { receivedAt: 0 }).records as Own[];
  let time = 0;
  return () => ({ ...(first as Own), time: time++ });
}

export const AREA = area("registry", async (report) => {
  const next = freshReadings();
  const { fleet } = await TestRegistry.open();
  const device = { ...newDevice(IMEI, 0), state: "active" as const };
  await fleet.change(() => new Map([[IMEI, device]]), "bench");
  const measured = await inTurn({
    json: timed(TIMES, () => JSON.stringify(next())),
    fingerprint: timed(TIMES, () => fingerprint(next())),
    received: timed(TIMES, () => fleet.receive(next(), "BCE/D", true)),
  });
  report.add("fingerprint", ratios(measured.fingerprint, measured.json));
  report.add("received", ratios(measured.received, measured.json));
});
