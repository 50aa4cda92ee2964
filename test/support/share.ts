/** `npm run test:system` sets this: random tests then make all of their runs. */
const IS_WHOLE = process.env.TEST_WHOLE === "1";

/** How many of a random test's runs are made: a tenth in `npm test`, which is to be quick, and otherwise all. */
export const share = (runs: number): number => (IS_WHOLE ? runs : Math.ceil(runs / 10));
