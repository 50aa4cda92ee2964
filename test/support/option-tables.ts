import { ALARMS_OPTIONS } from "../../nodes/alarms/options";
import { BCE_DECODER_OPTIONS } from "../../nodes/bce-decoder/options";
import { BROKER_OPTIONS } from "../../nodes/broker/settings";
import { DEVICE_REGISTRY_OPTIONS } from "../../nodes/device-registry/options";
import { FORMAT_OPTIONS } from "../../nodes/format/options";
import { GLOBALMATIX_DECODER_OPTIONS } from "../../nodes/globalmatix-decoder/options";
import { MAP_OPTIONS } from "../../nodes/map/settings";
import { OUTPUT_COMMAND_OPTIONS } from "../../nodes/output-command/options";
import { REGISTRY_OPTIONS } from "../../nodes/registry/options";
import type { Option } from "../../nodes/runtime/options";
import { SIMULATOR_OPTIONS } from "../../nodes/simulator/settings";
import { TRIPS_OPTIONS } from "../../nodes/trips/options";

type Table = Readonly<Record<string, Option<unknown>>>;

/** The option table of each node that has one. */
export const OPTION_TABLES: Readonly<Record<string, Table>> = {
  registry: REGISTRY_OPTIONS as object as Table,
  "bce-decoder": BCE_DECODER_OPTIONS as object as Table,
  "globalmatix-decoder": GLOBALMATIX_DECODER_OPTIONS as object as Table,
  "device-registry": DEVICE_REGISTRY_OPTIONS as object as Table,
  "output-command": OUTPUT_COMMAND_OPTIONS as object as Table,
  simulator: SIMULATOR_OPTIONS as object as Table,
  broker: BROKER_OPTIONS as object as Table,
  map: MAP_OPTIONS as object as Table,
  format: FORMAT_OPTIONS as object as Table,
  trips: TRIPS_OPTIONS as object as Table,
  alarms: ALARMS_OPTIONS as object as Table,
};
