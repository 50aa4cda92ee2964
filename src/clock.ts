/** The two clocks, in milliseconds. */
export interface Clock {
  /** Epoch milliseconds. It may be set, forwards and backwards. */
  wall(): number;
  /** Since some moment; only goes forward, and starts anew with the process. */
  monotonic(): number;
}
