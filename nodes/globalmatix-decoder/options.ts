import type { Missing } from "../../src/protocols/json/decode";
import type { DecoderOptions } from "../runtime/decoder";
import { anyText, choice, count, flag, type OptionTable } from "../runtime/options";

export interface GlobalmatixDecoderOptions extends DecoderOptions, Missing {
  maxBytes: number;
}

export const GLOBALMATIX_DECODER_OPTIONS: OptionTable<GlobalmatixDecoderOptions> = {
  property: anyText("payload"),
  mode: choice("record", "frame"),
  noTime: choice("received", "error"),
  noImei: choice("error", "pass"),
  keepRaw: flag(false),
  maxBytes: count(256 * 1024, 16 * 1024 * 1024),
};
