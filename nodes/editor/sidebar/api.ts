import type { Command } from "../../../src/commands/command";
import type { Problem } from "../../../src/errors";
import type { SeriesAnswer } from "../../../src/fleet/history-charts";
import type { HistoryImportReport } from "../../../src/fleet/history-import";
import type { PublicShare } from "../../../src/fleet/share-requests";
import type { ImportReport } from "../../../src/fleet/transfer";
import type { RowsAnswer, SidebarDetails } from "../../../src/fleet/views";
import { ask, askFile, sendFile } from "../kit/ask";
import type { FileFormat, FileOnItsWay } from "./day-file";
import type { Order } from "./switching";

export { asProblem } from "../kit/problem";

/** A deployed registry, as the sidebar lists it. */
export interface RegistryInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: "sqlite" | "memory";
  readonly ready: boolean;
  readonly problem?: Problem;
  readonly notice?: Problem;
  /** Name in the IANA database, of the zone whose days people mean. */
  readonly timeZone: string;
  /** Id of the device config of devices that have none of their own; may be empty. */
  readonly deviceConfig: string;
  readonly counts: {
    readonly devices: number;
    readonly active: number;
    readonly online: number;
    readonly pending: number;
  };
}

/** What a person can enter about a device. */
export interface DeviceFields {
  readonly name?: string;
  readonly deviceConfig?: string;
  readonly plate?: string;
  readonly vin?: string;
  readonly group?: string;
  readonly tags?: string;
  readonly notes?: string;
  readonly driver?: string;
  readonly state?: "active" | "registered";
  /** `true`: one that the registry makes. */
  readonly password?: string | true;
}

export interface ImportChoice {
  readonly data: string;
  readonly onExisting: "error" | "update" | "skip";
  /** Of new devices for which the list gives none. */
  readonly state: "active" | "registered";
  readonly allOrNothing: boolean;
  /** Devices that the list gives no password, and that have none, get one that the registry makes. */
  readonly passwords: boolean;
  readonly check: boolean;
  /** For names of columns the field that each is. */
  readonly columns: Readonly<Record<string, string>>;
}

const BASE = "trackers/registry";

/** What the sidebar asks Node-RED for. Everything rejects with a {@link Problem}. */
export const api = {
  registries: async (): Promise<readonly RegistryInfo[]> =>
    (await get<{ registries: RegistryInfo[] }>(BASE)).registries,
  rows: (registry: string, known?: { epoch: string; revision: number }): Promise<RowsAnswer> =>
    get(`${of(registry)}/rows${known ? `?${$.param({ epoch: known.epoch, since: known.revision })}` : ""}`),
  details: (registry: string, imei: string): Promise<SidebarDetails> =>
    get(`${of(registry)}/devices/${encodeURIComponent(imei)}`),
  /** Answers with the password where the registry has made one, as does `update`. */
  register: (
    registry: string,
    device: DeviceFields & { imei: string },
  ): Promise<{ readonly password?: string }> => command(registry, "register", device),
  update: (
    registry: string,
    device: DeviceFields & { imei: string },
  ): Promise<{ readonly password?: string }> => command(registry, "update", device),
  activate: (registry: string, imei: string) => command(registry, "activate", imei),
  deactivate: (registry: string, imei: string) => command(registry, "deactivate", imei),
  remove: (registry: string, imei: string, keepHistory: boolean) =>
    command(registry, "remove", { imei, keepHistory }),
  ignore: (registry: string, imei: string, ignored: boolean) =>
    command(registry, "ignore", { imei, ignored }),
  switchOutput: (registry: string, { duration, ...order }: Order): Promise<Command> =>
    command(registry, "switch", duration === null ? order : { ...order, duration }),
  cancelCommand: (registry: string, imei: string, id: string): Promise<Command> =>
    command(registry, "cancel", { imei, id }),
  acknowledgeAlarm: (registry: string, id: string, note: string) =>
    command(registry, "acknowledgeAlarm", { id, note }),
  clearAlarm: (registry: string, id: string, note: string) => command(registry, "clearAlarm", { id, note }),
  importDevices: (registry: string, choice: ImportChoice): Promise<ImportReport> =>
    command(registry, "import", choice),
  series: (registry: string, asked: { imei: string; day: string; path: string }): Promise<SeriesAnswer> =>
    query(registry, "series", asked),
  historyFile: (
    registry: string,
    imei: string,
    day: string,
    format: FileFormat,
    paths: readonly string[],
  ): FileOnItsWay => {
    let told: (bytes: number) => void = () => undefined;
    const asked = { day, format, ...(paths.length > 0 && { paths: paths.join(",") }) };
    const url = `${of(registry)}/devices/${encodeURIComponent(imei)}/history?${$.param(asked)}`;
    const done = askFile(url, (bytes) => told(bytes)).then((content) => ({ day, content }));
    return {
      done,
      onBytes: (listener) => {
        told = listener;
      },
    };
  },
  importHistory: (
    registry: string,
    imei: string,
    file: Blob,
    told: (share: number) => void,
  ): Promise<HistoryImportReport> =>
    sendFile(`${of(registry)}/devices/${encodeURIComponent(imei)}/history`, file, told),
  exportCsv: (registry: string): Promise<string> => query(registry, "export", { format: "csv" }),
  shares: (registry: string): Promise<readonly PublicShare[]> => command(registry, "shares", {}),
  addShare: (registry: string, share: object): Promise<PublicShare & { readonly secret: string }> =>
    command(registry, "addShare", share),
  removeShare: (registry: string, id: string) => command(registry, "removeShare", id),
};

const of = (registry: string): string => `${BASE}/${encodeURIComponent(registry)}`;

async function command<T>(registry: string, name: string, payload: unknown): Promise<T> {
  return (await post<T>(`${of(registry)}/request`, { request: name, payload })).payload;
}

async function query<T>(registry: string, name: string, payload: unknown): Promise<T> {
  return (await post<T>(`${of(registry)}/query`, { request: name, payload })).payload;
}

function get<T>(url: string): Promise<T> {
  return ask({ url, method: "GET", cache: true });
}

function post<T>(url: string, body: object): Promise<{ payload: T }> {
  return ask({ url, method: "POST", contentType: "application/json", data: JSON.stringify(body) });
}
