import { type OptionTable, positive } from "../runtime/options";

export interface AlarmsOptions {
  /** Minutes after which what a device says is no news any more. */
  newsWithin: number;
}

export const ALARMS_OPTIONS: OptionTable<AlarmsOptions> = {
  newsWithin: positive(15, 10_080),
};
