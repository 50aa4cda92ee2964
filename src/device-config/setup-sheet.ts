import type { TopicRole, UncheckedDeviceConfig } from "./device-config";
import { IMEI_PLACEHOLDER } from "./topics";

/** Something the reader should know about a line; the dialog has the sentence in the user's language. */
export type SheetNote = "wrong" | "hostMissing" | "hostLocal" | "passwordMissing" | "leaveEmpty" | "imei";

/** One field of the vendor's tool: its name there, and what to type. */
export interface SheetLine {
  readonly field: string;
  readonly value: string;
  /** The value holds the password. */
  readonly secret?: true;
  /** The field of the device config that the value comes from, where it can be wrong. */
  readonly path?: string;
  readonly note?: SheetNote;
}

export interface SheetSection {
  /** Where the fields are in the vendor's tool. */
  readonly path: string;
  readonly lines: readonly SheetLine[];
}

const HIDDEN = "••••••••";

const TOPIC_FIELDS: Readonly<Record<TopicRole, string>> = {
  telemetry: "Telemetry topic name",
  events: "Events topic name",
  file: "File topic name",
  realTime: "Real-time data topic name",
  outputControl: "Output control topic name",
  outputConfirm: "Output confirm topic name",
};

/**
 * What exactly to type into the vendor's tool so that devices publish to the configured broker.
 * `password` is null where it is not to be shown. Field names are those of the tools, which are in English.
 * Source: docs/protocols/iotm.md, "Transport", and docs/protocols/globalmatix.md.
 */
export function setupSheet(
  config: UncheckedDeviceConfig,
  shown: {
    readonly name: string;
    readonly password: string | null;
    /** Fields of the device config that are wrong; their lines say so. */
    readonly wrong?: readonly string[];
  },
): SheetSection[] {
  const sections = config.protocol === "iotm" ? fmset(config, shown.password) : callback(config, shown);
  return sections.map((section) => ({
    ...section,
    lines: section.lines.map((line) =>
      line.path !== undefined && shown.wrong?.includes(line.path) ? { ...line, note: "wrong" } : line,
    ),
  }));
}

function fmset(config: UncheckedDeviceConfig, password: string | null): SheetSection[] {
  return [
    {
      path: "FMSET › Connectivity › Telemetry server › MQTT broker address › Settings",
      lines: [
        { field: "Domain name", value: config.host, path: "host", ...hostNote(config) },
        { field: "Port", value: String(config.port), path: "port" },
        { field: "Protocol", value: config.tls ? "TLS" : "TCP" },
      ],
    },
    {
      path: "FMSET › MQTT Security › Authorization",
      lines: [
        { field: "Client ID", value: config.clientId, ...imeiNote(config.clientId) },
        { field: "User name", value: config.user },
        { field: "Password", value: password ?? HIDDEN, secret: true, ...passwordNote(password) },
      ],
    },
    {
      path: "FMSET › MQTT topics",
      lines: (Object.keys(TOPIC_FIELDS) as TopicRole[]).map((role) => ({
        field: TOPIC_FIELDS[role],
        value: config.topics[role],
        path: `topics.${role}`,
        ...(config.topics[role] === "" ? { note: "leaveEmpty" } : imeiNote(config.topics[role])),
      })),
    },
  ];
}

function callback(
  config: UncheckedDeviceConfig,
  { name, password }: { readonly name: string; readonly password: string | null },
): SheetSection[] {
  const login = `${encodeURIComponent(config.user)}:${password === null ? HIDDEN : encodeURIComponent(password)}`;
  const scheme = config.tls ? "mqtts" : "mqtt";
  const host = config.host.includes(":") && !config.host.startsWith("[") ? `[${config.host}]` : config.host;
  const note = hostNote(config);
  return [
    {
      path: "GlobalmatiX cloud › Callbacks › New callback",
      lines: [
        { field: "Name", value: name || "Node-RED" },
        { field: "DeployedConfig", value: "153" },
        {
          field: "URL",
          value: host === "" ? "" : `${scheme}://${login}@${host}:${config.port}`,
          path: "host",
          secret: true,
          ...(note.note === undefined ? passwordNote(password) : note),
        },
        { field: "Type", value: "GBY" },
        { field: "Period", value: "30" },
        { field: "Message topic", value: config.topics.telemetry, path: "topics.telemetry" },
      ],
    },
  ];
}

function hostNote({ host }: UncheckedDeviceConfig): { note?: SheetNote } {
  if (host === "") return { note: "hostMissing" };
  return /^(localhost|127\..*|\[?::1\]?)$/i.test(host) ? { note: "hostLocal" } : {};
}

function passwordNote(password: string | null): { note?: SheetNote } {
  return password === "" ? { note: "passwordMissing" } : {};
}

function imeiNote(value: string): { note?: SheetNote } {
  return value.includes(IMEI_PLACEHOLDER) ? { note: "imei" } : {};
}
