/** What a topic is for. Not every protocol has all of them. */
export const TOPIC_ROLES = [
  "telemetry",
  "events",
  "outputControl",
  "outputConfirm",
  "file",
  "realTime",
] as const;
export type TopicRole = (typeof TOPIC_ROLES)[number];
/** With %IMEI% where the device puts its own; empty where there is none. */
export type Topics = Readonly<Record<TopicRole, string>>;

/** The topics by their roles; those that are not given are empty. */
export function allTopics(topics: Partial<Topics>): Topics {
  return Object.fromEntries(TOPIC_ROLES.map((role) => [role, topics[role] ?? ""])) as Topics;
}

/** Stands for the device's 15 digits in topics and client ids; the vendor's own notation. */
export const IMEI_PLACEHOLDER = "%IMEI%";

/** A topic with the IMEI put in. */
export function expandTopic(template: string, imei: string): string {
  return template.replaceAll(IMEI_PLACEHOLDER, imei);
}

/**
 * Compares a topic with a template. Undefined where they differ; else the IMEI that stands in the topic,
 * or null where the template has none.
 */
export function matchTopic(template: string, topic: string): string | null | undefined {
  const [before, ...rest] = template.split(IMEI_PLACEHOLDER);
  if (rest.length === 0) return template === topic ? null : undefined;
  const imei = /^\d{15}/.exec(topic.slice((before as string).length))?.[0];
  return imei !== undefined && expandTopic(template, imei) === topic ? imei : undefined;
}

/**
 * What is wrong with a topic as a device would publish or subscribe to it, or undefined.
 * MQTT 3.1.1, 4.7: wildcards stand in subscriptions only, no NUL character, at most 65535 bytes.
 */
export function checkTopic(topic: string): "TOPIC_WILDCARD" | "TOPIC_CHARACTER" | "TOPIC_LENGTH" | undefined {
  if (/[+#]/.test(topic)) return "TOPIC_WILDCARD";
  if (topic.includes("\0") || topic !== topic.trim()) return "TOPIC_CHARACTER";
  return new TextEncoder().encode(topic).length > 65535 ? "TOPIC_LENGTH" : undefined;
}
