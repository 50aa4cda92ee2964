import type { FormatSettings, Outgoing } from "./format";

/** Where Home Assistant says that it has started, and wants to be told of all devices again. */
export const BIRTH_TOPIC = "homeassistant/status";
const DISCOVERY = "homeassistant/device";

export const topicOf = ({ topic }: FormatSettings, imei: string, part: string) => `${topic}/${imei}/${part}`;
export const configTopic = (imei: string) => `${DISCOVERY}/tracker_${imei}/config`;
export const retained = (topic: string, payload: unknown): Outgoing => ({
  topic,
  qos: 1,
  retain: true,
  payload,
});
