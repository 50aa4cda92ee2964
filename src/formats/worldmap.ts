import {
  beside,
  eventDetailsOf,
  type Format,
  isStatus,
  known,
  type Made,
  type Names,
  nothing,
  type TellableRecord,
  termsAs,
  validPositionOf,
} from "./format";
import { alarmFacts, placeOfFound, type TellableAlarm } from "./found";

/** What the map has a use of its own for, and what the marker has besides. */
const ITS_OWN = `
  name lat lon latitude longitude position coordinates alt altitude altft altm layer icon iconColor iconSize SIDC deleted ttl area
  line radius arc tilt options editable contextmenu color lineColor fillColor stroke weight opacity fillOpacity clickable fill
  dashArray building action command drawCount greatcircle sdlon sdlat geojson popup popped popupOptions tooltip tooltipOptions label
  fly fit map type data properties event cotEvent code routes intensity draggable sog speed SOG track tracklength hdg heading bearing
  COG cog IMO squawk mag flag MMSI photourl photoUrl videoUrl weblink clickURL addtoheatmap accuracy echelon length time
`;

/** The map shows what it is given in a table beside the marker. */
const NAMES: Names = { named: {}, elsewhere: [], others: beside(...ITS_OWN.trim().split(/\s+/)) };

/** Colours of a marker by what the vehicle does. */
const COLOURS = { driving: "green", idling: "orange", standing: "blue" } as const;
const DRIVING_KMH = 3;
const LEVEL_COLOURS = { info: "blue", warning: "orange", critical: "red" } as const;

/** node-red-contrib-web-worldmap: a marker for each device, removed with the device. Source: its README. */
export const WORLDMAP: Format = {
  id: "worldmap",
  settings: { topic: "" },
  names: NAMES,
  // A line from its beginning to its end would be a way that nobody drove.
  interval: "noWord",
  alarm: alarmMarker,
  make({ record, device }) {
    const name = device?.name || record.imei;
    if (isStatus(record)) {
      if (record.change !== "removed") return nothing("kind");
      return { messages: [{ payload: { name, deleted: true } }], leftOut: [] };
    }
    if (record.late || record.duplicate || record.future) return nothing("backInTime");
    const fix = validPositionOf(record);
    if (fix === undefined) return nothing("noPosition");
    const { values, leftOut } = termsAs(record, NAMES);
    const payload = {
      // What the user called something must not become the marker's own name, speed or icon.
      ...values,
      ...(record.kind === "event" ? { event: record.event.type, ...eventDetailsOf(record) } : {}),
      name,
      lat: fix.latitude,
      lon: fix.longitude,
      ...known({
        alt: fix.altitude,
        // A bare number would be metres a second.
        speed: fix.speed === undefined ? undefined : `${Math.round(fix.speed)} kph`,
        bearing: fix.course,
      }),
      icon: "car",
      iconColor: COLOURS[activityOf(record, fix.speed)],
      layer: device?.group || "trackers",
      // The marker stays until the device is removed.
      ttl: 0,
      time: record.time,
    };
    return { messages: [{ payload }], leftOut };
  },
};

function activityOf({ attributes = {} }: TellableRecord, speed = 0): keyof typeof COLOURS {
  if (speed >= DRIVING_KMH) return "driving";
  return attributes.ignition === true ? "idling" : "standing";
}

/** A marker where an alarm began, for as long as it is active. */
function alarmMarker(alarm: TellableAlarm, device: string): Made {
  const name = `${device}: ${alarm.name}`;
  if (alarm.state === "cleared") return { messages: [{ payload: { name, deleted: true } }], leftOut: [] };
  const place = placeOfFound(alarm.position);
  if (place === undefined) return nothing("noPosition", alarm.kind);
  const payload = {
    ...alarmFacts(alarm),
    name,
    lat: place.latitude,
    lon: place.longitude,
    icon: "exclamation-triangle",
    iconColor: LEVEL_COLOURS[alarm.level],
    layer: "alarms",
    ttl: 0,
  };
  return { messages: [{ payload }], leftOut: [] };
}
