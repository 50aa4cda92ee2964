/**
 * The sensor catalogue: what an IOTM sensor id means. A new sensor is a line here, never a branch in code.
 * Source of every line: docs/protocols/iotm.md, "Sensors".
 */
export interface Sensor {
  readonly id: number;
  /** Name in the vocabulary. */
  readonly key: string;
  /** Value in the vocabulary's unit = wire value × `multiply` ÷ `divide`; both 1 unless given. */
  readonly multiply?: number;
  readonly divide?: number;
  /**
   * True where the meaning was only deduced. Such a line is not applied by itself: the value stays under
   * its id until the user maps it in the device config, where these lines are offered.
   */
  readonly inferred?: true;
}

/** The GNSS reading that makes a record's position. */
export const GNSS_SENSOR = 0xd000;

export const SENSORS: readonly Sensor[] = [
  { id: 0x0002, key: "motion" },
  { id: 0x0008, key: "jamming" },
  { id: 0x0010, key: "input2" },
  { id: 0x0011, key: "input3" },
  { id: 0x0012, key: "input4" },
  { id: 0x0013, key: "input5" },
  { id: 0x0014, key: "input6" },
  { id: 0x0015, key: "input7" },
  { id: 0x001e, key: "driverButton" },
  { id: 0x0062, key: "doorFrontLeft" },
  { id: 0x0063, key: "doorFrontRight" },
  { id: 0x0064, key: "doorRearLeft" },
  { id: 0x0065, key: "doorRearRight" },
  { id: 0x006d, key: "ignition" },
  { id: 0x008b, key: "handBrake" },
  { id: 0x008c, key: "footBrake" },
  { id: 0x0094, key: "output1" },
  { id: 0x0095, key: "output2" },
  { id: 0x0096, key: "output3" },
  { id: 0x009a, key: "output4" },
  { id: 0x009b, key: "jamming" },
  { id: 0x2000, key: "vehicleSpeed" },
  { id: 0x2001, key: "satellites" },
  { id: 0x2003, key: "gsmMnc", inferred: true },
  { id: 0x2005, key: "gsmSignal", multiply: -1, inferred: true },
  { id: 0x2006, key: "throttle" },
  { id: 0x2007, key: "fuelLevel" },
  { id: 0x2008, key: "coolantTemperature" },
  { id: 0x2009, key: "fuelLevel2" },
  { id: 0x200a, key: "engineLoad" },
  { id: 0x2041, key: "batteryLevel" },
  { id: 0x3000, key: "externalVoltage", divide: 1000 },
  { id: 0x3001, key: "analog5", divide: 1000 },
  { id: 0x3002, key: "analog4", divide: 1000 },
  { id: 0x3003, key: "analog3", divide: 1000 },
  { id: 0x3004, key: "batteryVoltage", divide: 1000 },
  { id: 0x3008, key: "gsmMcc", inferred: true },
  { id: 0x300b, key: "course", inferred: true },
  { id: 0x300c, key: "engineSpeed" },
  { id: 0x3021, key: "fuelRate", divide: 20 },
  { id: 0x3037, key: "cargoWeight", multiply: 2 },
  { id: 0x4001, key: "fuelUsed" },
  { id: 0x4002, key: "engineHours" },
  { id: 0x4003, key: "odometer", divide: 200 },
  { id: 0x4063, key: "axleWeight" },
  { id: 0x5000, key: "driverId" },
  { id: 0x5004, key: "oneWireId1", inferred: true },
  { id: 0x5005, key: "oneWireId2", inferred: true },
  { id: 0x5006, key: "oneWireId3", inferred: true },
  { id: 0x5007, key: "oneWireId4", inferred: true },
  { id: 0x500d, key: "trailerId" },
  { id: 0xa000, key: "deviceTemperature" },
  { id: 0xa001, key: "acceleration" },
  { id: 0xa002, key: "cornering" },
  { id: 0xa017, key: "temperature1" },
  { id: 0xa018, key: "temperature2" },
  { id: 0xa019, key: "temperature3" },
  { id: 0xa01a, key: "temperature4" },
  { id: 0xb002, key: "odometer", divide: 1000 },
  { id: 0xc000, key: "text" },
];

const ID_TEXTS: string[] = [];

/** A sensor id (0–65535) as users see it: `0x` and four upper-case hex digits. */
export function sensorIdText(id: number): string {
  ID_TEXTS[id] ??= `0x${id.toString(16).toUpperCase().padStart(4, "0")}`;
  return ID_TEXTS[id];
}
