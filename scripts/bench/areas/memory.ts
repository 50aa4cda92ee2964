// What devices take of the heap.
import { area } from "../frame";
import { memoryOfDevice, memoryOfFleet } from "../memory";

export const AREA = area("memory", async (report) => {
  const { first, later } = await memoryOfDevice(2000);
  report.add("first", [first]);
  report.add("later", [later]);
  report.add("fleet", [await memoryOfFleet(100_000, 2)]);
});
