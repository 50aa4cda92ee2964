import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import { TrackerError } from "../../src/errors";
import type { Fleet } from "../../src/fleet/fleet";
import {
  type HistoryImportReport,
  IMPORT_BYTES,
  importHistory,
  tooLarge,
} from "../../src/fleet/history-import";
import {
  HISTORY_FILES,
  HISTORY_FORMATS,
  historyText,
  queryFor,
  readQuery,
} from "../../src/fleet/history-requests";
import { choiceOf } from "../../src/fleet/read-request";
import { REGISTRY_TOOLS } from "../runtime/registry-tools";

/** A long answer, piece by piece, as fast as the asker takes it. */
export class Streamed {
  constructor(
    private readonly pieces: AsyncIterable<string>,
    private readonly type: string,
    private readonly file: string,
  ) {}

  /** Where it fails in the middle, the connection is cut, so that nobody takes a part for the whole. */
  sendTo(response: Response): void {
    response.attachment(this.file).set("Content-Type", this.type);
    pipeline(Readable.from(this.pieces), response).catch(() => response.destroy());
  }
}

/** What a question in an address is answered with. Rejects as {@link readQuery}. */
export async function historyOf({ params, query }: Request, fleet: Fleet): Promise<Streamed> {
  const imei = String(params.imei);
  const format = choiceOf("format", query.format, HISTORY_FORMATS);
  const asked = await readQuery({ imei, ...fieldsIn(query) }, { fleet });
  const pages = fleet.history.asked.records(queryFor(format, asked));
  const [type, ending] = HISTORY_FILES[format];
  return new Streamed(
    historyText(format, pages, asked, { fleet, tools: REGISTRY_TOOLS }),
    type,
    `${asked.imei}.${ending}`,
  );
}

/**
 * Takes a file of old data for a device, as bytes in the body. Rejects as {@link importHistory}, and with `CONTENT_TYPE`: a
 * form on another site could send anything else without asking the browser first.
 */
export async function importOf(request: Request, fleet: Fleet): Promise<HistoryImportReport> {
  if (!request.is("application/octet-stream")) {
    const message = "files are taken as application/octet-stream only";
    throw new TrackerError({ code: "CONTENT_TYPE", message });
  }
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    // What is too long is read to its end, so that the answer comes, but not kept.
    if (length <= IMPORT_BYTES) parts.push(part);
  }
  if (length > IMPORT_BYTES) throw tooLarge();
  const data = Buffer.concat(parts);
  const { format } = request.query;
  const imei = String(request.params.imei);
  return importHistory(
    { imei, data, ...(format !== undefined && { format }) },
    { fleet, tools: REGISTRY_TOOLS },
  );
}

/** What a question has in an address, where everything is text: numbers, lists with commas, conditions as JSON. */
function fieldsIn(query: Request["query"]): Record<string, unknown> {
  const others = Object.entries(query).filter(([name]) => !NOT_ASKED.includes(name));
  return Object.fromEntries(others.map(([name, value]) => [name, IN_ADDRESS.get(name)?.(value) ?? value]));
}

/** The format, and what lets a person in. */
const NOT_ASKED = ["format", "access_token"];

const numberIn = (value: unknown): unknown =>
  typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;

const listIn = (value: unknown): unknown => (typeof value === "string" ? value.split(",") : value);

function jsonIn(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
}

const IN_ADDRESS: ReadonlyMap<string, (value: unknown) => unknown> = new Map([
  ["from", numberIn],
  ["to", numberIn],
  ["every", numberIn],
  ["paths", listIn],
  ["where", jsonIn],
]);
