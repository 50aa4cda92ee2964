/** Values that are on or off; other truths are yes or no. */
const SWITCHED = /^(ignition|charging|batteryCharging|\w+Brake|input\d|output\d)$/;

/** Whether a person says of a yes-or-no value that it is on or off. */
export function isSwitched(key: string): boolean {
  return SWITCHED.test(key);
}
