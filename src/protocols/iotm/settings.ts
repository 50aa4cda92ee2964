import type { FrameContext } from "./decode";
import { type IgnitionSettings, ignitionSources } from "./ignition";
import { sensorMap } from "./mapping";

/** What a device config says of how values are read. */
export interface ReadingSettings extends IgnitionSettings {
  readonly showPersonal?: boolean;
}

/** The same as the decoder takes it. Throws the first problem of the sensors. */
export function readingContext(
  settings: ReadingSettings,
): Pick<FrameContext, "sensors" | "ignition" | "showPersonal"> {
  return {
    sensors: sensorMap(settings.sensors, settings.choices),
    ignition: ignitionSources(settings),
    showPersonal: settings.showPersonal ?? false,
  };
}
