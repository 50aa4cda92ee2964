import assert from "node:assert/strict";
import { MAX_PENDING } from "../../src/devices/pending";
import { detailsOf, rowOf } from "../../src/fleet/views";
import type { DenialCode, Refusal } from "../../src/model/refusal";
import { imeiOf } from "../store/samples";
import { IMEI, MINUTE, OTHER, reading, START, TestRegistry, WRONG } from "../support/registry";

const ADDRESS = "192.0.2.1";

describe("registry: connections to the built-in broker", () => {
  let it_: TestRegistry;
  beforeEach(async () => {
    it_ = await TestRegistry.open();
    await it_.ask("register", { imei: IMEI, state: "active" });
    it_.told();
  });
  const connections = () => it_.fleet.connections;
  const pageOf = async (imei: string) => {
    const details = await detailsOf(it_.fleet, imei);
    assert.ok(details.kind === "device");
    return details;
  };

  it("a device that connects is online at once, and as long as it is connected", async () => {
    connections().connected(IMEI, ADDRESS);
    assert.deepEqual(it_.told(), [`${IMEI} online`]);
    it_.wait(60 * MINUTE);
    assert.deepEqual(it_.told(), []);
    const { status, connection, live } = await pageOf(IMEI);
    assert.equal(status, "online");
    assert.deepEqual(connection, { connected: true, since: START, address: ADDRESS, listening: false });
    assert.equal(live !== null && "connection" in live, false);
  });

  it("one that is gone is offline after the usual time, so that a gap in the network is not told", async () => {
    connections().connected(IMEI, ADDRESS);
    it_.wait(60 * MINUTE);
    for (let n = 0; n < 20; n++) {
      connections().disconnected(IMEI);
      it_.wait(9 * MINUTE);
      connections().connected(IMEI, ADDRESS);
      it_.wait(30 * MINUTE);
    }
    assert.deepEqual(it_.told(), [`${IMEI} online`]);
    connections().disconnected(IMEI);
    const left = it_.wall;
    it_.wait(10 * MINUTE);
    assert.deepEqual(it_.told(), []);
    it_.wait(1);
    assert.deepEqual(it_.told(), [`${IMEI} offline`]);
    const { connection } = await pageOf(IMEI);
    assert.deepEqual(connection, { connected: false, since: left, address: ADDRESS, listening: false });
  });

  it("says who hears commands, until it is gone or connected anew", () => {
    const heard: string[] = [];
    const stop = connections().onListening((imei) => heard.push(imei));
    assert.equal(connections().isListening(IMEI), undefined);
    connections().listens(IMEI);
    assert.deepEqual(heard, [], "it is not connected");
    connections().connected(IMEI, ADDRESS);
    assert.equal(connections().isListening(IMEI), false);
    connections().listens(IMEI);
    assert.equal(connections().isListening(IMEI), true);
    assert.deepEqual(heard, [IMEI]);
    connections().connected(IMEI, ADDRESS);
    assert.equal(connections().isListening(IMEI), false);
    connections().listens(IMEI);
    connections().disconnected(IMEI);
    assert.equal(connections().isListening(IMEI), false);
    stop();
    connections().connected(IMEI, ADDRESS);
    connections().listens(IMEI);
    assert.equal(heard.length, 2);
  });

  it("is kept over a restart as one that has ended", async () => {
    connections().connected(IMEI, ADDRESS);
    await it_.fleet.close();
    const again = await TestRegistry.open(it_.store);
    assert.deepEqual(again.fleet.states.get(IMEI)?.connection, {
      connected: false,
      since: START,
      address: ADDRESS,
    });
    assert.equal(again.fleet.connections.isListening(IMEI), false);
    again.wait(11 * MINUTE);
    assert.deepEqual(again.told(), [`${IMEI} offline`]);
  });

  it("counts no more for a device that reports another way", () => {
    connections().connected(IMEI, ADDRESS);
    connections().disconnected(IMEI);
    it_.wait(MINUTE);
    it_.fleet.receive(reading(it_.wall + MINUTE), "BCE/D", true);
    assert.equal(connections().isListening(IMEI), false, "that was on its way, and its clock is ahead");
    it_.wait(MINUTE);
    it_.fleet.receive(reading(START), "BCE/D", true);
    assert.equal(connections().isListening(IMEI), false, "that was kept since before");
    it_.fleet.receive(reading(it_.wall), "BCE/D", true);
    assert.equal(connections().isListening(IMEI), undefined);
  });

  it("is nothing of a device that is not active, unknown or removed", async () => {
    connections().connected(OTHER, ADDRESS);
    connections().disconnected(OTHER);
    connections().listens(OTHER);
    assert.equal(it_.fleet.states.get(OTHER), undefined);
    connections().connected(IMEI, ADDRESS);
    connections().listens(IMEI);
    await it_.ask("deactivate", IMEI);
    connections().disconnected(IMEI);
    connections().connected(IMEI, ADDRESS);
    assert.equal(it_.fleet.states.get(IMEI)?.connection?.connected, false);
    assert.equal(it_.fleet.states.get(IMEI)?.online, false);
    await it_.ask("remove", IMEI);
    assert.equal(connections().isListening(IMEI), undefined);
    await it_.fleet.flush();
  });

  describe("that were denied something", () => {
    const deny = (code: DenialCode, topic: string) => connections().denied(IMEI, code, topic);
    const deniedOf = async () => (await pageOf(IMEI)).denied;

    it("have it on the page until a connection ends in which nothing was denied", async () => {
      connections().connected(IMEI, ADDRESS);
      assert.equal(await deniedOf(), null);
      const before = it_.fleet.revisions.current;
      deny("TOPIC_NOT_OWN", "bce/d");
      assert.deepEqual(it_.fleet.revisions.since(before)?.changed, [IMEI]);
      const denied = { code: "TOPIC_NOT_OWN", topic: "bce/d", at: START };
      assert.deepEqual(await deniedOf(), denied);
      assert.equal(rowOf(it_.fleet, IMEI)?.trouble, "denied");
      connections().disconnected(IMEI);
      assert.deepEqual(await deniedOf(), denied);
      it_.wait(1000);
      connections().connected(IMEI, ADDRESS);
      assert.deepEqual(await deniedOf(), denied, "it may be denied the same again in a moment");
      connections().disconnected(IMEI);
      assert.equal(await deniedOf(), null);
      await it_.fleet.flush();
    });

    it("have two of one client id called that in the list", () => {
      connections().connected(IMEI, ADDRESS);
      deny("CLIENT_ID_TWICE", `${ADDRESS}, 192.0.2.2`);
      assert.equal(rowOf(it_.fleet, IMEI)?.trouble, "twice");
      assert.equal(connections().denialOf(IMEI)?.topic, `${ADDRESS}, 192.0.2.2`);
    });

    it("lose it where they subscribe to their commands after all, or are removed", async () => {
      connections().connected(IMEI, ADDRESS);
      deny("FILTER_NOT_OWN", "OUTC");
      assert.equal((await deniedOf())?.topic, "OUTC");
      connections().listens(IMEI);
      assert.equal(await deniedOf(), null);
      deny("IMEI_OTHER", "BCE/D");
      await it_.ask("remove", IMEI);
      assert.equal(connections().denialOf(IMEI), undefined);
      deny("IMEI_OTHER", "BCE/D");
      assert.equal(connections().denialOf(IMEI), undefined, "it is gone");
      await it_.fleet.flush();
    });
  });

  describe("that were refused", () => {
    const refuse = (imei: string, reason: Refusal = "LOGIN", address = ADDRESS) =>
      it_.fleet.refused(imei, reason, address);

    it("are on the page of a registered device until it is let in", async () => {
      assert.equal((await pageOf(IMEI)).refused, null);
      refuse(IMEI, "DEVICE_INACTIVE");
      it_.wait(1000);
      refuse(IMEI, "LOGIN", "192.0.2.2");
      const refused = { reason: "LOGIN", count: 2, lastAt: START + 1000, address: "192.0.2.2" };
      const page = await pageOf(IMEI);
      assert.deepEqual(page.refused, refused);
      assert.equal(page.status, "waiting");
      assert.equal(rowOf(it_.fleet, IMEI)?.trouble, "refused");
      assert.equal(page.live, null);
      connections().connected(IMEI, ADDRESS);
      assert.equal((await pageOf(IMEI)).refused, null);
      assert.equal(rowOf(it_.fleet, IMEI)?.trouble, undefined);
      await it_.fleet.flush();
    });

    it("tell a list that looks again", () => {
      const before = it_.fleet.revisions.current;
      refuse(IMEI);
      refuse(OTHER);
      assert.deepEqual(it_.fleet.revisions.since(before)?.changed, [IMEI, OTHER]);
    });

    it("make a sender pending with reason and count; records and refusals count for themselves", async () => {
      refuse(OTHER, "DEVICE_UNKNOWN");
      refuse(OTHER, "DEVICE_UNKNOWN");
      const refused = { reason: "DEVICE_UNKNOWN", count: 2, lastAt: START, address: ADDRESS };
      assert.deepEqual(await it_.ask("pending"), [
        {
          imei: OTHER,
          firstSeen: START,
          lastSeen: START,
          count: 0,
          topic: "",
          protocol: "",
          position: null,
          ignored: false,
          refused,
        },
      ]);
      assert.equal(rowOf(it_.fleet, OTHER)?.refusals, 2);
      it_.fleet.receive(reading(START, {}, OTHER), "BCE/D", true);
      assert.deepEqual(it_.fleet.devices.pending.get(OTHER)?.refused, refused);
      assert.equal(it_.fleet.devices.pending.get(OTHER)?.count, 1);
      await it_.ask("activate", OTHER);
      assert.equal(it_.fleet.devices.get(OTHER)?.state, "active");
    });

    it("are not listed with an IMEI that cannot be, unless it has reported", () => {
      for (const imei of [WRONG, "123", ""]) refuse(imei);
      assert.equal([...it_.fleet.devices.pending.all()].length, 0);
      it_.fleet.receive(reading(START, {}, WRONG), "BCE/D", true);
      refuse(WRONG);
      assert.equal(it_.fleet.devices.pending.get(WRONG)?.refused?.count, 1);
    });

    it("are not written for themselves, but can be ignored for good", async () => {
      refuse(OTHER, "DEVICE_UNKNOWN");
      refuse(imeiOf(1), "DEVICE_UNKNOWN");
      await it_.fleet.flush();
      assert.deepEqual((await it_.store.open()).stored.devices.pending, []);
      await it_.ask("ignore", OTHER);
      refuse(OTHER, "DEVICE_UNKNOWN");
      const stored = (await it_.store.open()).stored.devices.pending.map(({ imei, ignored }) => ({
        imei,
        ignored,
      }));
      assert.deepEqual(stored, [{ imei: OTHER, ignored: true }]);
      assert.equal(rowOf(it_.fleet, OTHER)?.status, "ignored");
    });

    it("from one address push nobody out who comes from another, whose tries are fewer", () => {
      const tries = (first: number, count: number, address: (n: number) => string = () => ADDRESS) => {
        for (let n = 0; n < count; n++) refuse(imeiOf(first + n), "DEVICE_UNKNOWN", address(n));
      };
      const network = (n: number) => `2001:db8::${n.toString(16)}`;
      const listed = (isWanted: (address: string) => boolean) =>
        [...it_.fleet.devices.pending.all()].filter(({ refused }) => isWanted(refused?.address ?? "")).length;
      tries(0, 5, () => "198.51.100.7");
      tries(1000, 2 * MAX_PENDING);
      tries(5000, 400, network);
      tries(10_000, 2 * MAX_PENDING);
      assert.equal(
        listed(() => true),
        MAX_PENDING,
      );
      assert.equal(
        listed((address) => address === "198.51.100.7"),
        5,
      );
      const isOfNetwork = (address: string) => address.startsWith("2001:db8::");
      assert.equal(listed(isOfNetwork), 400, "one network, and within its half");
      tries(20_000, 400, (n) => `2001:db8::1:${n.toString(16)}`);
      assert.ok(listed(isOfNetwork) < 510, "it is the one that has most, and gives way to itself");
    });

    it("however many IMEIs are made up, push nobody out who reports, and give way to who does", () => {
      for (let n = 0; n < 10; n++) it_.fleet.receive(reading(START, {}, imeiOf(n)), "BCE/D", true);
      for (let n = 0; n < 3 * MAX_PENDING; n++) refuse(imeiOf(1000 + n), "DEVICE_UNKNOWN");
      const listed = () => [...it_.fleet.devices.pending.all()];
      assert.equal(listed().length, MAX_PENDING);
      assert.equal(listed().filter(({ count }) => count > 0).length, 10);
      assert.ok(
        it_.fleet.devices.pending.get(imeiOf(1000 + 3 * MAX_PENDING - 1)),
        "the last one tried is listed",
      );
      for (let n = 10; n < MAX_PENDING; n++) it_.fleet.receive(reading(START, {}, imeiOf(n)), "BCE/D", true);
      assert.ok(listed().every(({ count }) => count > 0));
      const before = it_.fleet.revisions.current;
      refuse(OTHER, "DEVICE_UNKNOWN");
      assert.equal(it_.fleet.devices.pending.get(OTHER), undefined, "there is no room left");
      assert.equal(it_.fleet.revisions.current, before);
    });
  });
});
