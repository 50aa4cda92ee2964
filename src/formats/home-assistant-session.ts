import type { Scalar } from "../model/message";
import {
  type Asked,
  type FormatSettings,
  type FormatSubject,
  isStatus,
  type Made,
  OUTPUT_NAMES,
  type Outgoing,
  type TargetSession,
  type Tell,
  type TellableDevice,
} from "./format";
import { announcement } from "./home-assistant-discovery";
import { type Entity, entitiesOf } from "./home-assistant-found";
import { BIRTH_TOPIC, retained, topicOf } from "./home-assistant-topics";

/** What Home Assistant knows of a device. */
interface Known {
  /** All values that were told so far: the retained state has them all, also those that the last record does not have. */
  readonly state: Record<string, Scalar>;
  /** Entities of what was found out, by key of the state. */
  readonly entities: Record<string, Entity>;
  device: TellableDevice | undefined;
  online: boolean;
  /** What the discovery that was told last was made of. */
  announced: string;
}

/** Announces devices with what they have, says again what is new, and all when Home Assistant has started. */
export class HomeAssistantSession implements TargetSession {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly settings: FormatSettings,
    private readonly tellSubject: Tell,
  ) {}

  tell(subject: FormatSubject): Made {
    const { record, device } = subject;
    const { messages, leftOut } = this.tellSubject(subject);
    if (isStatus(record)) {
      if (record.change === "removed") this.known.delete(record.imei);
      const known = this.known.get(record.imei);
      if (known !== undefined) known.online = record.change === "online" || record.change === "activated";
      return { messages, leftOut };
    }
    if (messages.length === 0) return { messages, leftOut };
    const known = this.knownOf(record.imei);
    known.device = device ?? known.device;
    Object.assign(known.entities, entitiesOf(record));
    const state = topicOf(this.settings, record.imei, "state");
    const told = messages.map((message) => {
      if (message.topic !== state) return message;
      Object.assign(known.state, message.payload);
      return { ...message, payload: { ...known.state } };
    });
    return { messages: [...this.news(record.imei, known), ...told], leftOut };
  }

  from(topic: string, payload: unknown): Asked | undefined {
    if (topic === BIRTH_TOPIC) return { messages: String(payload) === "online" ? this.everything() : [] };
    const { topic: root } = this.settings;
    if (!topic.startsWith(`${root}/`)) return undefined;
    const [imei = "", output = "", set, ...more] = topic.slice(root.length + 1).split("/");
    const state = String(payload).trim().toLowerCase();
    if (set !== "set" || more.length > 0 || !OUTPUT_NAMES.includes(output)) return undefined;
    if (state !== "on" && state !== "off") return undefined;
    return { commands: [{ imei, output: Number(output.slice("output".length)), state }] };
  }

  private knownOf(imei: string): Known {
    let known = this.known.get(imei);
    if (known === undefined) {
      known = { state: Object.create(null), entities: {}, device: undefined, online: false, announced: "" };
      this.known.set(imei, known);
    }
    return known;
  }

  /** What Home Assistant does not know of a device yet. */
  private news(imei: string, known: Known): Outgoing[] {
    const news: Outgoing[] = [];
    const keys = Object.keys(known.state);
    const announced = JSON.stringify([keys.length, known.device]);
    if (announced !== known.announced) news.push(announcement(imei, { ...known, keys }, this.settings));
    known.announced = announced;
    if (!known.online) news.push(retained(topicOf(this.settings, imei, "availability"), "online"));
    known.online = true;
    return news;
  }

  private everything(): Outgoing[] {
    return [...this.known].flatMap(([imei, { state, device, entities, online }]) => [
      announcement(imei, { keys: Object.keys(state), device, entities }, this.settings),
      retained(topicOf(this.settings, imei, "availability"), online ? "online" : "offline"),
      retained(topicOf(this.settings, imei, "state"), { ...state }),
    ]);
  }
}
