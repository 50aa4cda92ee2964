import { choice, type OptionTable } from "../runtime/options";
import type { PassOptions } from "./pass-on";

export const DEVICE_REGISTRY_OPTIONS: OptionTable<PassOptions> = {
  unknown: choice("hold", "route", "drop", "activate"),
  duplicates: choice("drop", "mark"),
  locations: choice("news", "all"),
};
