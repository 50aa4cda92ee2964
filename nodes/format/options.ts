import { FORMATS } from "../../src/formats/index";
import { anyText, choice, type OptionTable } from "../runtime/options";

export interface FormatOptions {
  /** Id of the format. */
  readonly format: string;
  /** What stands instead of the format's own settings; empty for those. */
  readonly topic: string;
  readonly url: string;
  readonly measurement: string;
}

const [first = "", ...others] = FORMATS.map(({ id }) => id);

export const FORMAT_OPTIONS: OptionTable<FormatOptions> = {
  format: choice(first, ...others),
  topic: anyText(""),
  url: anyText(""),
  measurement: anyText(""),
};
