import type { FleetEvent } from "../../../src/map/wire";

export type StreamState = "connecting" | "live" | "opening" | "reconnecting" | "signedOut";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** The server says something every ten seconds; when it does not, the connection is dead. */
const SILENCE_MS = 35_000;

/** Splits what comes of server-sent events; a rest that has not ended stays for the next time. */
export class EventParser {
  private rest = "";

  /** The data of whole events; an empty one for a comment, which says that the server is there. */
  push(chunk: string): string[] {
    const blocks = (this.rest + chunk).split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.map((block) =>
      block
        .split("\n")
        .filter((line) => line.startsWith("data: "))
        .map((line) => line.slice("data: ".length))
        .join("\n"),
    );
  }
}

/**
 * Follows the fleet, and comes back when the connection ends: with what it has seen, so that it is sent only what it
 * lacks. `headers` go with each request; `take` is given each event, `tell` how the connection is.
 */
export function followFleet(
  headers: () => Record<string, string>,
  take: (event: FleetEvent) => void,
  tell: (state: StreamState) => void,
): void {
  let seen: { readonly epoch: string; readonly revision: number } | undefined;
  let wait = FIRST_WAIT_MS;
  const heard = (data: string) => {
    if (data === "") {
      if (seen === undefined) tell("opening");
      return;
    }
    const event = JSON.parse(data) as FleetEvent;
    seen = event;
    wait = FIRST_WAIT_MS;
    take(event);
    tell("live");
  };
  const run = async () => {
    const query = seen === undefined ? "" : `?epoch=${encodeURIComponent(seen.epoch)}&since=${seen.revision}`;
    const refused = await readEvents(`events${query}`, headers(), heard).catch(() => false);
    if (refused) {
      tell("signedOut");
      return;
    }
    tell("reconnecting");
    setTimeout(run, wait);
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  };
  tell("connecting");
  void run();
}

/**
 * Reads events until they end; resolves with whether the server refuses them. With fetch, because EventSource does not
 * say why it failed, and does not notice when nothing comes any more.
 */
async function readEvents(
  address: string,
  headers: Record<string, string>,
  heard: (data: string) => void,
): Promise<boolean> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch(address, { headers, signal: silence.signal });
    if (!response.ok || response.body === null) return response.status === 401 || response.status === 403;
    const parser = new EventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      for (const data of parser.push(value)) heard(data);
    }
  } finally {
    clearTimeout(timer);
  }
}
