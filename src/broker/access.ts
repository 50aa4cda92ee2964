import type { DeviceAccount, GatewayAccount } from "../fleet/directory";
import type { DenialCode } from "../model/refusal";
import {
  expandTopic,
  IMEI_PLACEHOLDER,
  matchTopic,
  TOPIC_ROLES,
  type TopicRole,
  type Topics,
} from "../protocols/topics";
import { filterProblem, topicProblem } from "./filters";

/** What a service user may do: everything, or hear everything and say nothing. */
export const ROLES = ["full", "read"] as const;
export type Role = (typeof ROLES)[number];

/** Who a client has shown to be. */
export type Identity =
  | { readonly kind: "device"; readonly account: DeviceAccount }
  | { readonly kind: "gateway"; readonly account: GatewayAccount }
  | { readonly kind: "service"; readonly user: string; readonly role: Role }
  | { readonly kind: "anonymous" };

/** Why somebody may not do something. `code` is stable, `reason` a sentence. */
export interface Denial {
  readonly code: DenialCode;
  readonly reason: string;
}

/** Topics of all device configs: what the fleet uses, whoever publishes to it. */
export type FleetTopics = readonly Topics[];

/** Below this, flows publish what is meant for everybody, where it is no topic of devices. */
export const PUBLIC_PREFIX = "trackers/";

/** Stands in for the topic of a message that was kept, and that the broker hands over by itself. */
export const KEPT_TOPIC = "$kept";

/** What a device says; the rest is what it hears. */
const DEVICE_SAYS: readonly TopicRole[] = TOPIC_ROLES.filter((role) => role !== "outputControl");
/** What a vendor's cloud says for its devices. */
const GATEWAY_SAYS: readonly TopicRole[] = ["telemetry", "events"];

interface Rights {
  readonly publish: (topic: string, fleet: FleetTopics) => Denial | undefined;
  readonly subscribe: (filter: string, fleet: FleetTopics) => Denial | undefined;
  /** Whether it may be handed a message on this topic, whatever its subscriptions are. */
  readonly hear: (topic: string, fleet: FleetTopics) => boolean;
}

const notOwn = {
  code: "TOPIC_NOT_OWN",
  reason: "it publishes only to the topics of its device config",
} as const;
const deaf = { code: "FILTER_NOT_OWN", reason: "a vendor's cloud subscribes to nothing" } as const;
const readOnly = { code: "READ_ONLY", reason: "it may only listen" } as const;

/** An identity never changes: whoever may do something else gets a new one. */
const rights = new WeakMap<Identity, Rights>();

function rightsOf(identity: Identity): Rights {
  let known = rights.get(identity);
  if (known === undefined) {
    known = makeRights(identity);
    rights.set(identity, known);
  }
  return known;
}

function makeRights(identity: Identity): Rights {
  switch (identity.kind) {
    case "device":
      return deviceRights(identity.account);
    case "gateway": {
      const { topics } = identity.account;
      const says = (topic: string) => GATEWAY_SAYS.some((role) => isOf(topics[role], topic));
      return {
        publish: (topic, fleet) => (says(topic) && !isCommandTopic(topic, fleet) ? undefined : notOwn),
        subscribe: () => deaf,
        hear: () => false,
      };
    }
    case "service":
      return {
        publish: () => (identity.role === "full" ? undefined : readOnly),
        subscribe: () => undefined,
        hear: () => true,
      };
    case "anonymous": {
      const isPublic = (topic: string, fleet: FleetTopics) =>
        topic.startsWith(PUBLIC_PREFIX) && !isDeviceTopic(topic, fleet);
      const reason = `without a login it subscribes only below ${PUBLIC_PREFIX}, and to no topic of devices`;
      return {
        publish: () => readOnly,
        subscribe: (filter, fleet) =>
          isPublic(filter, fleet) ? undefined : { code: "FILTER_NOT_OWN", reason },
        hear: isPublic,
      };
    }
  }
}

function deviceRights({ imei, topics }: DeviceAccount): Rights {
  const own = commandTopic({ imei, topics });
  const reason =
    own === undefined
      ? `its device config has no output control topic with ${IMEI_PLACEHOLDER}, so there is none of its own`
      : `it subscribes only to ${own}`;
  const says = (topic: string) =>
    DEVICE_SAYS.some((role) => topics[role] !== "" && expandTopic(topics[role], imei) === topic);
  return {
    publish: (topic) => (says(topic) ? undefined : notOwn),
    subscribe: (filter) => (filter === own ? undefined : { code: "FILTER_NOT_OWN", reason }),
    hear: (topic) => topic === own,
  };
}

/** Where a device hears commands; undefined where that topic would be others', too. */
export function commandTopic({ imei, topics }: Pick<DeviceAccount, "imei" | "topics">): string | undefined {
  const template = topics.outputControl;
  return template.includes(IMEI_PLACEHOLDER) ? expandTopic(template, imei) : undefined;
}

/** Whether devices publish or listen to a topic. */
export function isDeviceTopic(topic: string, fleet: FleetTopics): boolean {
  return fleet.some((topics) => TOPIC_ROLES.some((role) => isOf(topics[role], topic)));
}

/** Whether devices hear commands on a topic. */
export function isCommandTopic(topic: string, fleet: FleetTopics): boolean {
  return fleet.some(({ outputControl }) => isOf(outputControl, topic));
}

function isOf(template: string, topic: string): boolean {
  return template !== "" && matchTopic(template, topic) !== undefined;
}

/** Why it may not publish to this topic, be it now or as its will; undefined where it may. */
export function publishDenial(identity: Identity, topic: string, fleet: FleetTopics): Denial | undefined {
  const problem = topicProblem(topic);
  if (problem !== undefined) return { code: "TOPIC_INVALID", reason: `it is no topic: ${problem}` };
  if (topic.startsWith("$")) {
    return { code: "TOPIC_RESERVED", reason: "topics that begin with $ are the broker's own" };
  }
  return rightsOf(identity).publish(topic, fleet);
}

/** Why it may not subscribe to this filter; undefined where it may. */
export function subscribeDenial(identity: Identity, filter: string, fleet: FleetTopics): Denial | undefined {
  const problem = filterProblem(filter);
  if (problem !== undefined) return { code: "TOPIC_INVALID", reason: `it is no topic filter: ${problem}` };
  if (filter.startsWith("$share/")) {
    return { code: "SHARED_FILTER", reason: "this broker has no shared subscriptions" };
  }
  if (filter.startsWith("$") && !filter.startsWith("$SYS/")) {
    return { code: "TOPIC_RESERVED", reason: "topics that begin with $ are the broker's own" };
  }
  return rightsOf(identity).subscribe(filter, fleet);
}

/** Whether a message on this topic may be handed to it: looked at again for each one, whatever it has subscribed to. */
export function mayHear(identity: Identity, topic: string, fleet: FleetTopics): boolean {
  return rightsOf(identity).hear(topic, fleet);
}

/** Whether messages of it are kept before they are acknowledged. */
export function isKept(identity: Identity): boolean {
  return identity.kind === "device" || identity.kind === "gateway";
}

/** Its name among those who may own a session: two clients with different ones are never taken for each other. */
export function ownerOf(identity: Identity): string {
  switch (identity.kind) {
    case "device":
      return `device ${identity.account.imei}`;
    case "gateway":
      return `gateway ${identity.account.deviceConfig}`;
    case "service":
      return `service ${identity.user}`;
    case "anonymous":
      return "anonymous";
  }
}

/** Whether it is one of few, with a session that may wait for it: others can have any number of client ids. */
export function hasSession(identity: Identity | undefined): boolean {
  return identity?.kind === "service" || identity?.kind === "device";
}
