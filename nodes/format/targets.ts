import {
  type Asked,
  type Format,
  type FormatSubject,
  type Made,
  type TargetSession,
  tellBy,
} from "../../src/formats/format";
import { FORMATS, settingsOf } from "../../src/formats/index";
import { REGISTRY_TOOLS } from "../runtime/registry-tools";
import type { FormatOptions } from "./options";

/** What the targets of one node have been told. */
export class Targets {
  private readonly sessions = new Map<string, TargetSession>();

  /** What is told of all that one message has. */
  tell(options: FormatOptions, subjects: readonly FormatSubject[]): Made {
    const format = formatOf(options);
    if (format.document !== undefined) return format.document(subjects, REGISTRY_TOOLS);
    const made = subjects.map((subject) => this.sessionOf(options).tell(subject));
    return {
      messages: made.flatMap(({ messages }) => messages),
      leftOut: made.flatMap(({ leftOut }) => leftOut),
    };
  }

  /** What a message asks for that the target itself has sent; undefined for any other. */
  from(options: FormatOptions, topic: unknown, payload: unknown): Asked | undefined {
    return typeof topic === "string" ? this.sessionOf(options).from(topic, payload) : undefined;
  }

  private sessionOf(options: FormatOptions): TargetSession {
    const existing = this.sessions.get(options.format);
    if (existing !== undefined) return existing;
    const format = formatOf(options);
    const settings = settingsOf(format, options);
    const tell = (subject: FormatSubject) => tellBy(format, subject, settings);
    const session = format.session?.(settings, tell) ?? { tell, from: () => undefined };
    this.sessions.set(options.format, session);
    return session;
  }
}

const formatOf = ({ format }: FormatOptions): Format => FORMATS.find(({ id }) => id === format) as Format;
