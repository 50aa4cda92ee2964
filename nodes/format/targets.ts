import type { Asked, Format, FormatSubject, Made, TargetSession } from "../../src/formats/format";
import { FORMATS, settingsOf } from "../../src/formats/index";
import type { FormatOptions } from "./options";

/** What the targets of one node have been told. */
export class Targets {
  private readonly sessions = new Map<string, TargetSession>();

  tell(options: FormatOptions, subject: FormatSubject): Made {
    return this.sessionOf(options).tell(subject);
  }

  /** What a message asks for that the target itself has sent; undefined for any other. */
  from(options: FormatOptions, topic: unknown, payload: unknown): Asked | undefined {
    return typeof topic === "string" ? this.sessionOf(options).from(topic, payload) : undefined;
  }

  private sessionOf(options: FormatOptions): TargetSession {
    const existing = this.sessions.get(options.format);
    if (existing !== undefined) return existing;
    const format = FORMATS.find(({ id }) => id === options.format) as Format;
    const settings = settingsOf(format, options);
    const session = format.session?.(settings) ?? {
      tell: (subject: FormatSubject) => format.make(subject, settings),
      from: () => undefined,
    };
    this.sessions.set(options.format, session);
    return session;
  }
}
