/** What a flow that was written by hand or by another program can have where something else belongs. */
export const ODD: readonly unknown[] = [
  null,
  0,
  -1,
  true,
  "",
  "x",
  [],
  [null],
  [[]],
  [{}],
  {},
  { a: null },
  { a: { b: [] } },
];
