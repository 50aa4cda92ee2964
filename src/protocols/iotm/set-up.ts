import { HIDDEN, hostNote, imeiNote, passwordNote, type SetUp, type SheetSection } from "../sheet";
import type { TopicRole, Topics } from "../topics";

/** Source: docs/protocols/iotm.md, "Transport". */
export const IOTM_TOPICS: Topics = {
  telemetry: "BCE/D",
  events: "BCE/E",
  outputControl: "%IMEI%/OUTC",
  outputConfirm: "",
  file: "BCE/F",
  realTime: "BCE/R",
};

const TOPIC_FIELDS: Readonly<Record<TopicRole, string>> = {
  telemetry: "Telemetry topic name",
  events: "Events topic name",
  file: "File topic name",
  realTime: "Real-time data topic name",
  outputControl: "Output control topic name",
  outputConfirm: "Output confirm topic name",
};

/** The fields of FMSET, the vendor's tool. Source: docs/protocols/iotm.md, "Transport". */
export function fmsetSheet(setUp: SetUp): SheetSection[] {
  const { host, port, tls, topics, clientId, user, password } = setUp;
  return [
    {
      path: "FMSET › Connectivity › Telemetry server › MQTT broker address › Settings",
      lines: [
        { field: "Domain name", value: host, path: "host", ...hostNote(setUp) },
        { field: "Port", value: String(port), path: "port" },
        { field: "Protocol", value: tls ? "TLS" : "TCP" },
      ],
    },
    {
      path: "FMSET › MQTT Security › Authorization",
      lines: [
        { field: "Client ID", value: clientId, ...imeiNote(clientId) },
        { field: "User name", value: user },
        { field: "Password", value: password ?? HIDDEN, secret: true, ...passwordNote(password) },
      ],
    },
    {
      path: "FMSET › MQTT topics",
      lines: (Object.keys(TOPIC_FIELDS) as TopicRole[]).map((role) => ({
        field: TOPIC_FIELDS[role],
        value: topics[role],
        path: `topics.${role}`,
        ...(topics[role] === "" ? { note: "leaveEmpty" } : imeiNote(topics[role])),
      })),
    },
  ];
}
