// What a device takes of the memory: node --expose-gc dist/scripts/bench/memory.js

import { newDevice } from "../../src/devices/fields";
import { imeiCheckDigit } from "../../src/model/imei";
import type { Telemetry } from "../../src/model/message";
import { ShapeCache } from "../../src/model/shape-cache";
import { VOCABULARY } from "../../src/model/vocabulary";
import { DEFAULT_PROTOCOL } from "../../src/protocols/index";
import { position, START, TestRegistry } from "../../test/support/registry";

const ATTRIBUTES = VOCABULARY.filter(({ type }) => type === "number").slice(0, 30);
const shapes = new ShapeCache();
/** Readings between two saves. */
const SAVED_EVERY = 10;

export function imeiOf(index: number): string {
  const first14 = String(35_000_000_000_000 + index);
  return `${first14}${imeiCheckDigit(first14)}`;
}

/** A reading of a device with 30 attributes, of which a third are no whole numbers. */
export function readingOf(index: number, n: number): Telemetry & { imei: string } {
  const time = START + n * 10_000;
  const values = ATTRIBUTES.map(({ key }, at): [string, number] => [
    key,
    at % 3 === 0 ? index + n + 0.5 : n + at,
  ]);
  return {
    schema: 1,
    kind: "telemetry",
    protocol: DEFAULT_PROTOCOL.id,
    imei: imeiOf(index),
    receivedAt: time,
    time,
    identity: (index * 4096 + n).toString(16).padStart(16, "0"),
    position: position(54 + index / 1e5 + n / 1e6, 25 + index / 1e5 + n / 1e6, n % 90),
    attributes: shapes.build(new Map(values)),
    sensors: {},
  };
}

function used(): number {
  global.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A registry in memory with active devices, of which nothing was heard yet; its store keeps nothing. */
export async function registryOf(devices: number): Promise<TestRegistry> {
  const it_ = await TestRegistry.open();
  it_.store.commit = async () => undefined;
  const all = Array.from({ length: devices }, (_, index) => newDevice(imeiOf(index), START));
  await it_.fleet.change(
    () => new Map(all.map((device) => [device.imei, { ...device, state: "active" }])),
    "bench",
  );
  it_.told();
  return it_;
}

/** Takes in readings of all devices from number `from` to before `to`, with saves between. */
export async function take(it_: TestRegistry, devices: number, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    it_.wall = START + n * 10_000;
    for (let index = 0; index < devices; index++) it_.fleet.receive(readingOf(index, n), "BCE/D", true);
    if (n % SAVED_EVERY === 0) await it_.fleet.flush();
    await it_.fleet.commitHistory();
  }
  await it_.fleet.flush();
  await it_.fleet.flush();
  it_.told();
}

/** KB of a device after one reading and after 1,024. */
export async function memoryOfDevice(devices: number): Promise<{ first: number; later: number }> {
  const empty = used();
  const it_ = await registryOf(devices);
  await it_.fleet.history.close();
  it_.fleet.history.keep = () => true;
  it_.fleet.history.commit = async () => undefined;
  await take(it_, devices, 0, 1);
  const first = used();
  await take(it_, devices, 1, 1024);
  const later = used();
  if (it_.fleet.counts().active !== devices) throw new Error("the registry was not kept");
  return { first: (first - empty) / devices / 1024, later: (later - empty) / devices / 1024 };
}

/** MB of heap of a fleet of which each device was heard. */
export async function memoryOfFleet(devices: number, readings: number): Promise<number> {
  const empty = used();
  const it_ = await registryOf(devices);
  await it_.fleet.history.close();
  it_.fleet.history.keep = () => true;
  it_.fleet.history.commit = async () => undefined;
  await take(it_, devices, 0, readings);
  const full = used();
  if (it_.fleet.counts().active !== devices) throw new Error("the registry was not kept");
  return (full - empty) / 2 ** 20;
}

async function main(): Promise<void> {
  if (global.gc === undefined) throw new Error("Memory is measured with node --expose-gc alone.");
  const { first, later } = await memoryOfDevice(2000);
  console.log(`memory of a device of 30 attributes after one reading: ${first.toFixed(2)} KB (bar: 2 KB)`);
  console.log(`the same after 1,024 readings: ${later.toFixed(2)} KB (bar: 2.5 KB)`);
  const fleet = await memoryOfFleet(100_000, 2);
  console.log(`heap of 100,000 devices: ${fleet.toFixed(0)} MB (bar: 300 MB)`);
}

if (require.main === module) void main();
