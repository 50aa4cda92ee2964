import type { DecoderOptions } from "../runtime/decoder";
import { anyText, choice, count, flag, type OptionTable } from "../runtime/options";

export interface BceDecoderOptions extends DecoderOptions {
  acceptWrongChecksum: boolean;
  recordEvents: boolean;
  maxBytes: number;
}

export const BCE_DECODER_OPTIONS: OptionTable<BceDecoderOptions> = {
  property: anyText("payload"),
  mode: choice("record", "frame"),
  acceptWrongChecksum: flag(false),
  recordEvents: flag(false),
  keepRaw: flag(false),
  maxBytes: count(256 * 1024, 16 * 1024 * 1024),
};
