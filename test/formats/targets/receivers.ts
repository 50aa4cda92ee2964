/**
 * The other ends: each takes messages as its system does, says what is wrong, and keeps what it would store. Written
 * from the systems' documents, of `src/formats` it knows nothing.
 */

import { createServer, type Server } from "node:http";
import { Ajv, type ValidateFunction } from "ajv";
import {
  HOME_ASSISTANT,
  HOME_ASSISTANT_PLACE,
  INFLUXDB_POINT,
  NGP,
  OWNTRACKS,
  THINGSBOARD,
  TRACCAR,
  WORLDMAP,
} from "./schemas";

/** A message as it goes out: payloads are JSON values or text. */
export interface Sent {
  readonly topic?: string;
  readonly payload?: unknown;
  readonly retain?: unknown;
  readonly qos?: unknown;
  readonly method?: unknown;
  readonly measurement?: unknown;
  /** Where it was posted. */
  readonly path?: string;
}

/** What the other end says to a message, as it would over HTTP; MQTT says nothing. */
export interface Verdict {
  readonly status: 200 | 400 | 403 | 404 | 500;
  /** Why not, in words. */
  readonly why?: string;
  /** False where it was taken and is thrown away all the same. */
  readonly stored: boolean;
}

const ajv = new Ajv({ allErrors: true, strict: false, allowUnionTypes: true });
const compiled = new Map<object, ValidateFunction>();

/** What a schema says against a value: nothing where it is right. */
export function against(schema: object, value: unknown): string | undefined {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

/** A payload as it arrives: what JSON has no word for is gone or null. */
function arrived({ payload }: Sent): unknown {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return text === undefined ? undefined : JSON.parse(text);
}

const OK: Verdict = { status: 200, stored: true };
const refuse = (why: string, status: Verdict["status"] = 400): Verdict => ({ status, why, stored: false });
const ignore = (why: string): Verdict => ({ status: 200, why, stored: false });

/** Navixy: HTTP says what MQTT keeps to itself. */
export class NgpReceiver {
  readonly stored: Record<string, unknown>[] = [];
  readonly #newest = new Map<string, string>();
  readonly #known: ((id: string) => boolean) | undefined;

  /** Without devices it knows every one. */
  constructor(known?: (id: string) => boolean) {
    this.#known = known;
  }

  mqtt(sent: Sent): Verdict {
    const verdict = this.http(sent);
    const { device_id: id } = (verdict.status === 200 ? arrived(sent) : {}) as { device_id?: string };
    if (verdict.status === 200 && sent.topic !== `ngp/${id}`) return refuse(`topic ${sent.topic} of ${id}`);
    if (![undefined, 0, 1].includes(sent.qos as number | undefined)) return refuse(`QoS ${sent.qos}`);
    return verdict;
  }

  http(sent: Sent): Verdict {
    let value: Record<string, unknown>;
    try {
      value = arrived(sent) as Record<string, unknown>;
    } catch {
      return refuse("no JSON");
    }
    const wrong = against(NGP, value);
    if (wrong !== undefined) return refuse(wrong);
    const id = value.device_id as string;
    if (this.#known?.(id) === false) return refuse(`unknown device ${id}`, 403);
    const at = new Date(value.message_time as string).toISOString();
    if (at < (this.#newest.get(id) ?? "")) return ignore("goes back in time");
    this.#newest.set(id, at);
    const { location } = value as { location?: { satellites?: number } };
    if (location === undefined) return ignore("no location");
    if ((location.satellites ?? 0) < 3) return ignore("fewer than 3 satellites");
    this.stored.push(value);
    return OK;
  }
}

/** Traccar's OsmAnd port. */
export class TraccarReceiver {
  readonly stored: { device: string; valid: boolean; attributes: Record<string, unknown> }[] = [];
  readonly #known: ((id: string) => boolean) | undefined;

  constructor(known?: (id: string) => boolean) {
    this.#known = known;
  }

  http(sent: Sent): Verdict {
    let value: Record<string, unknown>;
    try {
      value = arrived(sent) as Record<string, unknown>;
    } catch {
      return refuse("no JSON");
    }
    const wrong = against(TRACCAR, value);
    if (wrong !== undefined) return refuse(wrong);
    const device = value.device_id as string;
    if (this.#known?.(device) === false) return refuse(`unknown device ${device}`, 404);
    const location = value.location as Record<string, unknown>;
    const { extras, coords, ...own } = location as { extras?: object; coords?: unknown };
    this.stored.push({
      device,
      // With coordinates a fix counts as valid.
      valid: coords !== undefined,
      attributes: { ...own, ...extras, ...(value.alarm === undefined ? {} : { alarm: value.alarm }) },
    });
    return OK;
  }
}

export class OwnTracksReceiver {
  readonly stored: Sent[] = [];

  mqtt(sent: Sent): Verdict {
    const value = arrived(sent) as { _type?: string };
    const kind = value._type as keyof typeof OWNTRACKS;
    if (!Object.hasOwn(OWNTRACKS, kind)) return refuse(`_type ${kind}`);
    const wrong = against(OWNTRACKS[kind], value);
    if (wrong !== undefined) return refuse(wrong);
    const levels = String(sent.topic).split("/");
    const ofEvent = levels.length === 4 && levels[3] === "event";
    if (levels[0] !== "owntracks" || (levels.length !== 3 && !ofEvent)) return refuse(`topic ${sent.topic}`);
    if (kind === "transition") {
      if (!ofEvent) return refuse(`a transition at ${sent.topic}`);
      if (sent.retain === true) return refuse("a retained transition");
    } else if (ofEvent) return refuse(`a location at ${sent.topic}`);
    this.stored.push(sent);
    return OK;
  }
}

/** What the worldmap page has: one marker a name. */
export class WorldmapReceiver {
  readonly markers = new Map<string, Record<string, unknown>>();

  take(sent: Sent): Verdict {
    const value = arrived(sent) as Record<string, unknown>;
    const wrong = against(WORLDMAP, value);
    if (wrong !== undefined) return refuse(wrong);
    if (value.deleted === true) this.markers.delete(value.name as string);
    else this.markers.set(value.name as string, value);
    return OK;
  }
}

type Component = Readonly<Record<string, unknown>> & { readonly platform: string };

/** Home Assistant at its broker: devices by discovery, and the topics that they named. */
export class HomeAssistantReceiver {
  readonly devices = new Map<string, Map<string, Component>>();
  readonly states = new Map<string, unknown>();
  readonly #topics = new Map<string, Component>();
  readonly #availability = new Map<string, readonly [available: string, not: string]>();
  /** `unique_id`: where it was taken. */
  readonly #ids = new Map<string, string>();

  mqtt(sent: Sent): Verdict {
    const topic = String(sent.topic);
    const levels = topic.split("/");
    if (levels[0] === "homeassistant") return this.#discovery(levels, sent);
    const values = this.#availability.get(topic);
    if (values !== undefined) {
      if (!values.includes(String(sent.payload))) return refuse(`availability ${String(sent.payload)}`);
      this.states.set(topic, sent.payload);
      return OK;
    }
    const component = this.#topics.get(topic);
    if (component === undefined) return refuse(`nothing listens at ${topic}`);
    this.states.set(topic, sent.payload);
    if (topic === component.json_attributes_topic && component.platform === "device_tracker") {
      const place = arrived(sent) as Record<string, unknown>;
      // Attributes alone, without a place, tell nothing wrong.
      const wrong =
        "latitude" in place || "longitude" in place ? against(HOME_ASSISTANT_PLACE, place) : undefined;
      if (wrong !== undefined) return refuse(wrong);
    }
    return OK;
  }

  #discovery(levels: readonly string[], sent: Sent): Verdict {
    const [, device, id = "", config, ...rest] = levels;
    if (device !== "device" || config !== "config" || rest.length > 0 || !/^[A-Za-z0-9_-]+$/.test(id))
      return refuse(`topic ${levels.join("/")}`);
    if (sent.retain !== true) return refuse("discovery is retained");
    if (sent.payload === "") {
      this.devices.delete(id);
      return OK;
    }
    const value = arrived(sent) as { components: Record<string, Component> } & Record<string, unknown>;
    const wrong = against(HOME_ASSISTANT, value);
    if (wrong !== undefined) return refuse(wrong);
    const components = this.devices.get(id) ?? new Map<string, Component>();
    for (const [name, component] of Object.entries(value.components)) {
      const problem = this.#component(`${id}/${name}`, { ...sharedOf(value), ...component }, component);
      if (problem !== undefined) return refuse(problem);
      if (Object.keys(component).length === 1) components.delete(name);
      else components.set(name, component);
    }
    this.devices.set(id, components);
    this.#listenFor(value);
    return OK;
  }

  /** What is wrong with a component; else its topics are heard from now on. */
  #component(place: string, whole: Component, own: Component): string | undefined {
    if (Object.keys(own).length === 1) return undefined;
    const missing = NEEDS[own.platform]?.find((need) => whole[need] === undefined);
    if (missing !== undefined) return `${place} has no ${missing}`;
    const unique = String(own.unique_id);
    if ((this.#ids.get(unique) ?? place) !== place) return `unique_id ${unique} is taken`;
    this.#ids.set(unique, place);
    for (const key of ["state_topic", "json_attributes_topic"])
      if (typeof whole[key] === "string") this.#topics.set(whole[key], own);
    return undefined;
  }

  #listenFor(value: Record<string, unknown>): void {
    const lists = (value.availability ?? []) as Record<string, string>[];
    const own = { ...value, topic: value.availability_topic } as Record<string, string>;
    for (const one of value.availability_topic === undefined ? lists : [own, ...lists])
      this.#availability.set(String(one.topic), [
        one.payload_available ?? "online",
        one.payload_not_available ?? "offline",
      ]);
  }
}

/** What a discovery says for all its components. */
function sharedOf({
  state_topic,
  command_topic,
}: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return {
    ...(state_topic === undefined ? {} : { state_topic }),
    ...(command_topic === undefined ? {} : { command_topic }),
  };
}

/** What an entity of each platform cannot do without. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  sensor: ["state_topic"],
  binary_sensor: ["state_topic"],
  switch: ["command_topic"],
  button: ["command_topic"],
  event: ["state_topic", "event_types"],
};

/** ThingsBoard's gateway: devices are connected before they are told of. */
export class ThingsBoardReceiver {
  readonly connected = new Set<string>();
  readonly stored: { device: string; ts: number; values: Record<string, unknown> }[] = [];

  mqtt(sent: Sent): Verdict {
    const value = arrived(sent);
    switch (sent.topic) {
      case "v1/gateway/connect":
      case "v1/gateway/disconnect": {
        const wrong = against(THINGSBOARD.device, value);
        if (wrong !== undefined) return refuse(wrong);
        const { device } = value as { device: string };
        if (sent.topic.endsWith("disconnect")) this.connected.delete(device);
        else this.connected.add(device);
        return OK;
      }
      case "v1/gateway/telemetry": {
        const wrong = against(THINGSBOARD.telemetry, value);
        if (wrong !== undefined) return refuse(wrong);
        for (const [device, points] of Object.entries(
          value as Record<string, { ts: number; values: object }[]>,
        ))
          for (const { ts, values } of points) this.stored.push({ device, ts, values: { ...values } });
        return OK;
      }
      case "v1/gateway/rpc":
        return OK;
      default:
        return refuse(`topic ${sent.topic}`);
    }
  }
}

/** A point of InfluxDB; a field keeps the type it had first, or the write of it fails. */
export class InfluxReceiver {
  readonly #types = new Map<string, string>();
  readonly stored: unknown[] = [];

  take(sent: Sent): Verdict {
    const value = arrived(sent) as [Record<string, unknown>, Record<string, string>];
    const wrong = against(INFLUXDB_POINT, value);
    if (wrong !== undefined) return refuse(wrong);
    for (const [name, field] of Object.entries(value[0])) {
      const type = this.#types.get(name) ?? typeof field;
      if (type !== typeof field)
        return refuse(`field type conflict: ${name} is ${type}, ${typeof field} came`);
      this.#types.set(name, type);
    }
    this.stored.push(value);
    return OK;
  }
}

/** A receiver at a free port of this machine, which answers with its verdict. */
export async function listen(take: (sent: Sent) => Verdict): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    let payload = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      payload += part;
    });
    request.on("end", () => {
      const { status, why } =
        request.method === "POST" ? take({ payload, path: request.url ?? "" }) : refuse("only POST");
      response.writeHead(status, { "content-type": "text/plain" }).end(why ?? "");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, server };
}
