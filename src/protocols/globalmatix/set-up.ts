import { HIDDEN, hostNote, passwordNote, type SetUp, type SetUpTool, type SheetSection } from "../sheet";

/** The callback of the vendor's cloud. Source: docs/protocols/globalmatix.md. */
function callbackSheet(setUp: SetUp): SheetSection[] {
  const { name, tls, port, topics, user, password } = setUp;
  const login = `${encodeURIComponent(user)}:${password === null ? HIDDEN : encodeURIComponent(password)}`;
  const scheme = tls ? "mqtts" : "mqtt";
  const host = setUp.host.includes(":") && !setUp.host.startsWith("[") ? `[${setUp.host}]` : setUp.host;
  const note = hostNote(setUp);
  return [
    {
      path: "GlobalmatiX cloud › Callbacks › New callback",
      lines: [
        { field: "Name", value: name || "Node-RED" },
        { field: "Profile", value: "153" },
        {
          field: "URL",
          value: host === "" ? "" : `${scheme}://${login}@${host}:${port}`,
          path: "host",
          secret: true,
          ...(note.note === undefined ? passwordNote(password) : note),
        },
        { field: "Type", value: "GBY" },
        { field: "Period", value: "30" },
        { field: "Message topic", value: topics.telemetry, path: "topics.telemetry" },
      ],
    },
  ];
}

export const CLOUD: SetUpTool = { name: "GlobalmatiX cloud", sheet: callbackSheet };
