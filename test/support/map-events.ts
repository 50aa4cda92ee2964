import { EventParser } from "../../nodes/map/page/event-stream";
import { ShownFleet } from "../../nodes/map/page/fleet";
import type { FleetEvent } from "../../src/map/wire";

/** What a map's page is sent, until nobody takes it any more. */
async function* fleetEvents(url: string): AsyncGenerator<FleetEvent> {
  const response = await fetch(url);
  if (response.body === null) return;
  const parser = new EventParser();
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    for (const data of parser.push(chunk)) if (data !== "") yield JSON.parse(data) as FleetEvent;
  }
}

/** The names of a map's vehicles, once so many of them have a place and a name of their own. */
export async function vehiclesOn(url: string, count: number): Promise<string[]> {
  const fleet = new ShownFleet();
  for await (const event of fleetEvents(url)) {
    fleet.take(event, false);
    const names = [...fleet.ids()]
      .filter((id) => fleet.hasPlace(id))
      .map((id) => fleet.vehicles[id]?.name ?? "")
      .filter((name) => !/^\d*$/.test(name));
    if (names.length === count) return names.sort();
  }
  return [];
}
