import { isRingingAlarm } from "../../../src/alarms/alarm";
import type { Row, RowAlarm } from "../../../src/fleet/views";

/** The alarm of a row that rings, of several the newest. */
export function ringingOf({ alarms }: Pick<Row, "alarms">): RowAlarm | undefined {
  return alarms?.find(isRingingAlarm);
}

/** All alarms of some rows: those that ring come first, then the newest. */
export function alarmsOf(rows: Iterable<Row>): { readonly row: Row; readonly alarm: RowAlarm }[] {
  const all = [...rows].flatMap((row) => (row.alarms ?? []).map((alarm) => ({ row, alarm })));
  const rings = ({ alarm }: { readonly alarm: RowAlarm }) => Number(isRingingAlarm(alarm));
  return all.sort((a, b) => rings(b) - rings(a) || b.alarm.begin - a.alarm.begin);
}
