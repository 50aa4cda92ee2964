import { named, onBus, raw, type Sensor, scripted } from "./sensor";

const BITS = { unit: "" };

/** Family 5: whole numbers of 64 bits, most of them ids or bits. */
export const U64: readonly Sensor[] = [
  named(0x5000, "driverId"),
  ...scripted(0x5001, 0x5003, "U64"),
  named(0x5004, "oneWireId1"),
  named(0x5005, "oneWireId2"),
  named(0x5006, "oneWireId3"),
  named(0x5007, "oneWireId4"),
  raw(0x5008, "tellTales0", "warnings", "Warning lamps, block 0 (bits)", "Warnlampen, Block 0 (Bits)", BITS),
  raw(0x5009, "tellTales1", "warnings", "Warning lamps, block 1 (bits)", "Warnlampen, Block 1 (Bits)", BITS),
  raw(0x500a, "tellTales2", "warnings", "Warning lamps, block 2 (bits)", "Warnlampen, Block 2 (Bits)", BITS),
  raw(0x500b, "tellTales3", "warnings", "Warning lamps, block 3 (bits)", "Warnlampen, Block 3 (Bits)", BITS),
  raw(0x500c, "tellTales4", "warnings", "Warning lamps, block 4 (bits)", "Warnlampen, Block 4 (Bits)", BITS),
  onBus(0x500d, "trailerId"),
  raw(0x500e, "tachographStatus", "driver", "Tachograph status (bits)", "Tachografenstatus (Bits)", BITS),
  raw(0x500f, "tyreCondition", "load", "Tyre condition (bits)", "Reifenzustand (Bits)", BITS),
];
