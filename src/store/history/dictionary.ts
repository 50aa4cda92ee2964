/**
 * What chunks have in common, so that none has to say it: deflate finds it as if it stood before. Names of columns with their
 * length, as the codec writes them, and the parts of an event. The commonest come last, where they cost least.
 *
 * It is a part of the format, of chunks whose first byte is 2: what is written with it can be read with it alone, so it is
 * never changed, also where the vocabulary is; another one would be another first byte.
 */
const EVENTS =
  "powerLost powerConnected voltageLow sleep wake simChanged commandReceived outputChanged clockCorrected " +
  "orientationLost orientationFound restart firmware recordWritten jamming tamper shock overturn panic other " +
  "ignitionOn ignitionOff tripStart tripEnd stop idling overspeed harshAcceleration harshBraking harshCornering " +
  "crash tow geofenceEnter geofenceExit doorOpened temperatureHigh temperatureLow batteryLow driverChanged " +
  "online offline";
const NAMES =
  "readyToDrive clutch cruiseControl airConditioning pto charging batteryCharging doorFrontRight doorRearLeft " +
  "doorRearRight bonnet trunk alarmArmed factoryAlarm warningStop warningOilPressure warningCoolant " +
  "warningBrakes warningBattery warningAirbag warningEngine warningLights warningTires warningBrakePads " +
  "warningMaster warningAbs warningFuel warningEsp warningGlowPlug warningDpf warningEpc seatBeltDriver " +
  "seatBeltPassenger overturn shock1 shock2 tamper input1 input3 input4 input6 input7 input8 driverButton " +
  "driver1Activity driver2Activity gnssJamming roaming vehicleSpeed speedLimit serviceDistance gear cornering " +
  "idleHours fuelLevel2 fuelVolume adBlueLevel idleFuel stateOfCharge range batteryLevel axleWeight1 " +
  "axleWeight2 axleWeight3 axleWeight4 axleWeight5 cargoWeight trailerWeight grossWeight analog1 analog2 " +
  "analog3 analog4 analog5 analog6 analog7 analog8 coolantTemperature deviceTemperature outsideTemperature " +
  "cargoTemperature cabinTemperature temperature1 temperature2 temperature3 temperature4 humidity hdop course " +
  "gsmMcc gsmMnc gsmLac gsmCell vin troubleCodes driverCard1 driverCard2 trailerId oneWireId1 oneWireId2 " +
  "oneWireId3 oneWireId4 firmware text";
const COMMON =
  "hardware input5 canActive driverId gnssOdometer output1 output2 output3 output4 input2 externalPower " +
  "externalVoltage acceleration motion gsmJamming gnssSpeed satellites gsmSignal batteryVoltage backlog " +
  "eventBacklog ignition doorsLocked doorFrontLeft keyInserted handBrake footBrake engineRunning throttle " +
  "engineLoad engineSpeed fuelRate engineHours fuelUsed odometer fuelLevel";

const attribute = (name: string): string => `${String.fromCharCode(name.length + 2)}a.${name}`;
const own = (name: string): string => String.fromCharCode(name.length) + name;

export const DICTIONARY: Buffer = Buffer.from(
  [
    ...EVENTS.split(" ").map((type) => `{"type":"${type}",`),
    '"source":"driver","severity":"warning",',
    '"source":"device","severity":"critical","cause":"',
    '"source":"device","severity":"info","raw":{"function":0,"code":0,"data":"","text":"',
    ...NAMES.split(" ").map(attribute),
    ...["timeUnknown", "unread", "event", "cause", "protocol"].map(own),
    "\u0004iotm",
    ...COMMON.split(" ").map(attribute),
    ...["hdop", "satellites", "altitude", "valid", "latitude", "longitude", "speed", "course"].map(own),
  ].join(""),
  "latin1",
);
