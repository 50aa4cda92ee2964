import type { Made, Outgoing, Subject } from "./format";

/** What the node output command takes. */
export interface Command {
  readonly imei: string;
  /** From 1. */
  readonly output: number;
  readonly state: "on" | "off";
}

/** What a message from the target asks for. */
export interface Asked {
  readonly commands?: readonly Command[];
  readonly messages?: readonly Outgoing[];
}

/** A target that has to be told more than what is made of each record. It is told all again after a restart. */
export interface Session {
  /** What the target is told of a subject, with what it needs to understand it. */
  tell(subject: Subject): Made;
  /** What a message from the target asks for; undefined where it is none of its. */
  from(topic: string, payload: unknown): Asked | undefined;
}
