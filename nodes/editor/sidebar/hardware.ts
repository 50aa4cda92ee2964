import type { LiveView } from "../../../src/fleet/views";
import { SENSORS, sensorIdText } from "../../../src/protocols/iotm/sensors";

const SENSOR = SENSORS.find(({ meaning }) => meaning?.key === "hardware");

/**
 * Which hardware a device says that it is: the name of its type, or the type's number where nobody knows the name;
 * undefined where it does not say, or does not know.
 */
export function hardwareOf(attributes: LiveView["attributes"]): string | number | undefined {
  const said = attributes.filter(
    ({ key }) => key === "hardware" || (SENSOR !== undefined && key === sensorIdText(SENSOR.id)),
  );
  // The newer one counts: the device may have been replaced.
  const [{ value } = {}] = said.toSorted((one, other) => other.time - one.time);
  if (typeof value !== "number") return value ? String(value) : undefined;
  return SENSOR?.meaning?.codes?.[value] === null ? undefined : value;
}
