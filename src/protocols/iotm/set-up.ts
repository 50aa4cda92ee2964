import {
  HIDDEN,
  hostNote,
  imeiNote,
  passwordNote,
  type SetUp,
  type SetUpTool,
  type SheetLine,
} from "../sheet";
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

/** The fields of a broker, as FMSET names them. Source: docs/protocols/iotm.md, "Transport". */
function brokerLines(setUp: SetUp): SheetLine[] {
  const { host, port, tls } = setUp;
  return [
    { field: "Domain name", value: host, path: "host", ...hostNote(setUp) },
    { field: "Port", value: String(port), path: "port" },
    { field: "Protocol", value: tls ? "TLS" : "TCP" },
  ];
}

function loginLines({ clientId, user, password }: SetUp): SheetLine[] {
  return [
    { field: "Client ID", value: clientId, ...imeiNote(clientId) },
    { field: "User name", value: user },
    { field: "Password", value: password ?? HIDDEN, secret: true, ...passwordNote(password) },
  ];
}

function topicLines({ topics }: SetUp): SheetLine[] {
  return (Object.keys(TOPIC_FIELDS) as TopicRole[]).map((role) => ({
    field: TOPIC_FIELDS[role],
    value: topics[role],
    path: `topics.${role}`,
    ...(topics[role] === "" ? { note: "leaveEmpty" } : imeiNote(topics[role])),
  }));
}

/** The vendor's tool for FMS500 devices. */
export const FMSET: SetUpTool = {
  name: "FMSET (FMS500)",
  sheet: (setUp) => [
    {
      path: "FMSET › Connectivity › Telemetry server › MQTT broker address › Settings",
      lines: brokerLines(setUp),
    },
    { path: "FMSET › MQTT Security › Authorization", lines: loginLines(setUp) },
    { path: "FMSET › MQTT topics", lines: topicLines(setUp) },
  ],
};

/**
 * The vendor's tool for newer devices, a site. Where its fields are is not published; the device server is how a device
 * gets its settings from there, and no broker. Source: docs/protocols/iotm.md, "Transport".
 */
export const XDM: SetUpTool = {
  name: "XDM (XG37, XG40, GX47)",
  sheet: (setUp) => [
    {
      path: "XDM (xdm.xgfleet.eu) › Device server",
      note: "deviceServer",
      lines: [
        { field: "Device server", value: "devices.xgfleet.eu" },
        { field: "Device server port", value: "1888" },
        { field: "Device server protocol", value: "TCP" },
      ],
    },
    { path: "XDM › MQTT broker", note: "fieldNames", lines: brokerLines(setUp) },
    { path: "XDM › MQTT authorization", lines: loginLines(setUp) },
    { path: "XDM › MQTT topics", lines: topicLines(setUp) },
  ],
};
