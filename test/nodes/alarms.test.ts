import assert from "node:assert/strict";
import { once } from "node:events";
import { AWAY, eventAt, YARD, yard } from "../support/alarms";
import { helper, type Message, NodeFlow, useHelperServer } from "../support/flow";
import { IMEI, reading } from "../support/registry";

const REGISTRY = { id: "registry", type: "tracker-registry", z: "", storage: "memory" };
const OTHERS = [
  REGISTRY,
  {
    id: "devices",
    z: "tab",
    type: "tracker-device-registry",
    registry: "registry",
    unknown: "activate",
    wires: [["node"], [], ["node", "changes"]],
  },
  { id: "changes", z: "tab", type: "helper" },
];
const load = (rules: unknown, more: object = {}) =>
  NodeFlow.load("tracker-alarms", ["alarms"], { registry: "registry", rules, ...more }, OTHERS);

/** The next alarm that comes out. */
async function nextAlarm(): Promise<Message> {
  const [message] = await once(helper.getNode("alarms"), "input");
  return message as Message;
}
const changeOf = ({ payload }: Message) => {
  const { change, rule, alarm } = payload as Record<string, unknown>;
  return [change, rule, alarm];
};
const codeOf = (error: Message | undefined) => {
  const { code, cause } = error?.error as { code: string; cause: { path: string } };
  return [code, cause.path];
};
const receive = (message: object) => helper.getNode("devices").receive(message);
const request = async (name: string, payload?: unknown): Promise<unknown> => {
  const answered = once(helper.getNode("changes"), "input");
  receive({ request: name, payload });
  return (await answered)[0].payload;
};

describe("tracker alarms", () => {
  useHelperServer();

  it("tells of a fence that is entered and left, with the device, and keeps it in the registry", async () => {
    await load([{ id: "in", kind: "fenceEntered", params: { fence: "yard" }, quiet: 1 }]);
    const { createdAt: _, changedAt: __, ...fence } = yard();
    await request("addFence", fence);
    const now = Date.now();
    const begun = nextAlarm();
    receive({ payload: reading(now - 2000, { position: { valid: true, ...AWAY } }) });
    receive({ payload: reading(now - 1000, { position: { valid: true, ...YARD } }) });
    const begin = await begun;
    assert.deepEqual(changeOf(begin), ["begin", "in", "fenceEntered"]);
    assert.equal(begin.topic, `trackers/${IMEI}/alarm`);
    assert.equal((begin.device as { imei: string }).imei, IMEI);
    const ended = nextAlarm();
    receive({ payload: reading(now, { position: { valid: true, ...AWAY } }) });
    assert.deepEqual(changeOf(await ended), ["end", "in", "fenceEntered"]);
  });

  it("is acknowledged and cleared by request, with the sender that the message names", async () => {
    await load([{ id: "p", kind: "panic", quiet: 600 }]);
    const begun = nextAlarm();
    receive({ payload: eventAt(Date.now(), "panic") });
    const { id } = (await begun).payload as { id: string };
    const told = nextAlarm();
    const answer = (await request("acknowledgeAlarm", { id, note: "called", by: "Eva" })) as Message;
    const { time: _, ...note } = answer.acknowledged as Record<string, unknown>;
    assert.deepEqual(note, { by: "Eva", note: "called" });
    assert.deepEqual(changeOf(await told), ["acknowledged", "p", "panic"]);
    const cleared = nextAlarm();
    await request("clearAlarm", id);
    const { payload } = await cleared;
    const { change, clearedBy } = payload as { change: string; clearedBy: { by: string } };
    assert.deepEqual([change, clearedBy.by], ["end", ""], "nobody is invented");
  });

  it("says where it was, and for panic what an eCall has of it", async () => {
    await load([
      { id: "p", kind: "panic" },
      { id: "in", kind: "fenceEntered", params: { fence: "yard" } },
    ]);
    const { createdAt: _, changedAt: __, ...fence } = yard();
    await request("addFence", fence);
    const now = Date.now();
    const entered = nextAlarm();
    receive({ payload: reading(now - 2000, { position: { valid: true, ...YARD, course: 91 } }) });
    const { payload: first } = await entered;
    assert.match(String((first as { place: string }).place), /Vilnius/);
    assert.equal("ecall" in (first as object), false);
    const pressed = nextAlarm();
    receive({ payload: eventAt(now - 1000, "panic") });
    const { begin, ecall } = (await pressed).payload as { begin: number; ecall: object };
    assert.deepEqual(ecall, {
      messageIdentifier: 1,
      control: { automaticActivation: false, testCall: false, positionCanBeTrusted: true },
      vehicleIdentificationNumber: "",
      timestamp: Math.floor(begin / 1000),
      vehicleLocation: {
        positionLatitude: Math.round(YARD.latitude * 3_600_000),
        positionLongitude: Math.round(YARD.longitude * 3_600_000),
      },
      vehicleDirection: 46,
    });
  });

  it("asks an expression of one's own about each record, and cuts off one that never ends", async () => {
    const own = (id: string, expression: string) => ({
      id,
      kind: "expression",
      params: { expression },
      quiet: 0,
    });
    await load([
      own("cold", "attributes.temperature1 > 8"),
      own("forever", "($f := function($n){$f($n + 1)}; attributes.loop = true ? $f(0) : false)"),
    ]);
    const now = Date.now();
    const at = (time: number, attributes: Record<string, number | boolean>) =>
      reading(time, { position: { valid: true, ...YARD }, attributes });
    const begun = nextAlarm();
    receive({ payload: at(now - 4000, { temperature1: 9 }) });
    assert.deepEqual(changeOf(await begun), ["begin", "cold", "expression"]);
    const say = (payload: object) => helper.getNode("node").receive({ payload });
    say(at(now - 3000, {}));
    const cut = once(helper.getNode("errors"), "input");
    say(at(now - 2000, { loop: true, temperature1: 9 }));
    const [error] = (await cut) as [Message];
    assert.deepEqual(codeOf(error), ["EXPRESSION_TIME", "rules[1].params.expression"]);
    const ended = nextAlarm();
    say(at(now - 1000, { temperature1: 4 }));
    const end = await ended;
    assert.deepEqual(changeOf(end), ["end", "cold", "expression"]);
    const { begin, repeats, end: over } = end.payload as Record<string, number>;
    assert.deepEqual([begin, repeats, over], [now - 4000, 0, now - 1000], "what is not said changed nothing");
  });

  it("says which expression cannot be read", async () => {
    const flow = await load([{ id: "x", kind: "expression", params: { expression: "attributes.(" } }]);
    const { errors } = await flow.send({ payload: reading(Date.now()) });
    assert.deepEqual(codeOf(errors[0]), ["EXPRESSION", "rules[0].params.expression"]);
  });

  it("tells a Catch node of what is no record, and is silent about other statuses and the answers of the registry", async () => {
    const flow = await load([]);
    for (const payload of [
      undefined,
      7,
      "x",
      {},
      { kind: "telemetry", imei: IMEI },
      { kind: "event", imei: IMEI, time: 1 },
    ]) {
      const { errors } = await flow.send({ payload });
      assert.equal((errors[0]?.error as Message).code, "RECORD", JSON.stringify(payload));
    }
    const status = { kind: "status", imei: IMEI, change: "registered", time: 1 };
    assert.deepEqual((await flow.send({ payload: status })).errors, []);
    assert.deepEqual((await flow.send({ payload: { added: 2 }, request: "importFences" })).errors, []);
  });

  it("says which rule is wrong", async () => {
    const flow = await load([{ id: "a", kind: "overspeed", params: { limit: -1 } }]);
    const { errors } = await flow.send({ payload: reading(Date.now()) });
    assert.deepEqual(codeOf(errors[0]), ["ALARM_PARAM", "rules[0].params.limit"]);
  });
});
