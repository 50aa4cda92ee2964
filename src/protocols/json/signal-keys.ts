/**
 * Under which keys a signal has its name, its value and its unit, the likeliest first:
 * `{"name": "SOC", "value": 71, "unit": "%"}`.
 */
export const NAME_KEYS: readonly string[] = [
  "name",
  "signal",
  "n",
  "key",
  "label",
  "spn",
  "pgn",
  "pid",
  "id",
  "code",
  "type",
];
export const VALUE_KEYS: readonly string[] = ["value", "val", "v", "w"];
export const UNIT_KEYS: readonly string[] = ["unit", "units", "uom", "u", "e"];

/** Under which keys the items of any list may have a name or a number of their own. */
export const ADDRESS_KEYS: readonly string[] = [
  ...NAME_KEYS,
  ..."no nr number num index idx position pos slot channel ch port address addr mac serial sensor axle wheel tank door".split(
    " ",
  ),
];
