import assert from "node:assert/strict";
import { readRules } from "../../src/alarms/rule";
import { stepAlarms } from "../../src/alarms/step";
import { detailsOf, outputChoices, rowOf } from "../../src/fleet/views";
import { eventAt } from "../support/alarms";
import {
  event,
  IMEI,
  MINUTE,
  OTHER,
  position,
  reading,
  START,
  TestRegistry,
  THIRD,
} from "../support/registry";

const ADDRESS = "192.0.2.1";

describe("registry: alarms in the list", () => {
  const RULES = readRules([{ id: "panic", kind: "panic", quiet: 0 }]);
  let it_: TestRegistry;
  beforeEach(async () => {
    it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active" });
  });
  afterEach(() => it_.fleet.flush());
  const panic = async (time: number, isNews = true): Promise<void> => {
    const { fleet } = it_;
    const context = { group: "", fences: fleet.fences.index, now: it_.wall, newsWithin: MINUTE };
    const input = { kind: "record", record: eventAt(time, "panic"), isNews } as const;
    fleet.alarms.put(stepAlarms(fleet.alarms.get(IMEI, "n1"), input, RULES, context));
    await fleet.saveAlarms();
  };
  const alarms = () => rowOf(it_.fleet, IMEI)?.alarms ?? [];
  const id = () => alarms()[0]?.id ?? "";

  it("are those that go on or that nobody has acknowledged; the row is told anew with each change", async () => {
    assert.equal(rowOf(it_.fleet, IMEI)?.alarms, undefined);
    const begun = it_.fleet.revisions.current;
    await panic(START);
    assert.deepEqual(it_.fleet.revisions.since(begun)?.changed, [IMEI]);
    assert.deepEqual(
      alarms().map(({ name, state, acknowledged }) => [name, state, acknowledged]),
      [["Panic", "active", null]],
    );
    const rung = it_.fleet.revisions.current;
    await it_.ask("acknowledgeAlarm", { id: id(), note: "called", by: "Eva" });
    assert.deepEqual(it_.fleet.revisions.since(rung)?.changed, [IMEI]);
    assert.equal(alarms()[0]?.acknowledged?.note, "called");
    await it_.ask("clearAlarm", id());
    assert.deepEqual(alarms(), []);
  });

  it("are none that rang no bell, and none of a node that is no more", async () => {
    await panic(START - 2 * MINUTE, false);
    assert.deepEqual(alarms(), []);
    await panic(START);
    const begun = it_.fleet.revisions.current;
    await it_.fleet.removeAlarmNode("n1");
    assert.deepEqual(alarms(), []);
    assert.deepEqual(it_.fleet.revisions.since(begun)?.changed, [IMEI]);
  });

  it("count as news when they begin, are acknowledged or end", async () => {
    const before = it_.fleet.news;
    await panic(START);
    await it_.ask("acknowledgeAlarm", id());
    await it_.ask("clearAlarm", id());
    assert.equal(it_.fleet.news, before + 3);
  });

  it("can be asked for by whether they are open", async () => {
    await panic(START);
    const open = async (wanted: boolean) => ((await it_.ask("alarms", { open: wanted })) as object[]).length;
    assert.deepEqual([await open(true), await open(false)], [1, 0]);
    await it_.ask("clearAlarm", id());
    assert.deepEqual([await open(true), await open(false)], [0, 1]);
    await assert.rejects(it_.ask("alarms", { open: "yes" }), { code: "FIELD_VALUE", path: "open" });
  });
});

describe("registry: what a list shows as of now", () => {
  let it_: TestRegistry;
  beforeEach(async () => {
    it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active" });
  });
  afterEach(() => it_.fleet.flush());
  const status = () => rowOf(it_.fleet, IMEI)?.status;

  it("is not online where the built-in broker refused it after its last sign of life", async () => {
    it_.fleet.receive(reading(START, { position: position(54, 25, 50) }), "BCE/D", true);
    assert.equal(status(), "online");
    it_.wait(1000);
    it_.fleet.refused(IMEI, "LOGIN", ADDRESS);
    assert.equal(status(), "shutOut");
    assert.equal((await detailsOf(it_.fleet, IMEI)).status, "shutOut");
    it_.wait(1000);
    it_.fleet.receive(reading(START + 2000, { position: position(54, 25, 50) }), "BCE/D", true);
    assert.equal(status(), "online", "it reports another way");
  });

  it("stays online while it is connected and somebody else is refused with its name", () => {
    it_.fleet.connections.connected(IMEI, ADDRESS);
    it_.wait(1000);
    it_.fleet.refused(IMEI, "LOGIN", "192.0.2.9");
    assert.equal(status(), "online");
    assert.equal(rowOf(it_.fleet, IMEI)?.trouble, "refused");
  });

  for (const code of ["TOPIC_NOT_OWN", "IMEI_OTHER", "TOPIC_RESERVED"] as const) {
    it(`is not online where its connection was ended because of ${code}`, () => {
      it_.fleet.connections.connected(IMEI, ADDRESS);
      it_.fleet.connections.denied(IMEI, code, "x");
      it_.fleet.connections.disconnected(IMEI);
      assert.equal(status(), "shutOut");
    });
  }

  it("is online, with its trouble, where only its subscription was denied", () => {
    it_.fleet.connections.connected(IMEI, ADDRESS);
    it_.fleet.connections.denied(IMEI, "FILTER_NOT_OWN", "x");
    assert.equal(status(), "online");
    assert.equal(rowOf(it_.fleet, IMEI)?.trouble, "denied");
  });

  it("says until when its speed counts, by its own timeout, whatever else is heard", async () => {
    it_.fleet.receive(reading(START, { position: position(54, 25, 50) }), "BCE/D", true);
    assert.equal(rowOf(it_.fleet, IMEI)?.speedUntil, START + 10 * MINUTE);
    await it_.ask("update", { imei: IMEI, deviceConfig: "vans-id" });
    assert.equal(rowOf(it_.fleet, IMEI)?.speedUntil, START + 2 * MINUTE);
    it_.wait(MINUTE);
    it_.fleet.connections.connected(IMEI, ADDRESS);
    assert.equal(rowOf(it_.fleet, IMEI)?.speedUntil, START + 2 * MINUTE);
  });

  it("lasts no longer because the device's clock is ahead", () => {
    it_.fleet.receive(reading(START + 5 * MINUTE, { position: position(54, 25, 50) }), "BCE/D", true);
    assert.equal(rowOf(it_.fleet, IMEI)?.speedUntil, START + 10 * MINUTE);
  });

  it("counts new senders and events as news, nothing else", () => {
    const { fleet } = it_;
    assert.equal(fleet.news, 0);
    fleet.receive(reading(START, {}, OTHER), "BCE/D", true);
    fleet.receive(reading(START + 1, {}, OTHER), "BCE/D", true);
    assert.equal(fleet.news, 1);
    fleet.refused(THIRD, "DEVICE_UNKNOWN", ADDRESS);
    fleet.refused(THIRD, "DEVICE_UNKNOWN", ADDRESS);
    assert.equal(fleet.news, 2);
    fleet.receive(reading(START), "BCE/D", true);
    assert.equal(fleet.news, 2);
    fleet.receive(event(START, 7, "panic"), "BCE/E", true);
    fleet.receive(event(START, 7, "panic"), "BCE/E", true);
    assert.equal(fleet.news, 3);
    assert.equal(rowOf(fleet, IMEI)?.event?.text, "panic");
  });

  it("offers devices and their named outputs to a command", async () => {
    await it_.ask("update", { imei: IMEI, name: "Van", deviceConfig: "vans-id" });
    await it_.ask("register", { imei: OTHER, state: "deactivated" });
    assert.deepEqual(outputChoices(it_.fleet), {
      devices: [{ imei: IMEI, name: "Van", plate: "", outputs: [{ output: 1, name: "starter relay" }] }],
    });
  });
});
