import type { Note } from "./notes";

/** Fingerprints of new records with their notes, by device, each in the order in which they came. */
export class NewPrints {
  /** Fingerprint and note in turn. */
  private readonly devices = new Map<string, number[]>();

  note(imei: string, print: number): Note | undefined {
    const ofDevice = this.devices.get(imei);
    const at = ofDevice === undefined ? -1 : placeOf(ofDevice, print);
    return at < 0 ? undefined : ofDevice?.[at + 1];
  }

  /** Notes anew a record that is here; false where it is not. */
  renew(imei: string, print: number, note: Note): boolean {
    const ofDevice = this.devices.get(imei);
    if (ofDevice === undefined) return false;
    const at = placeOf(ofDevice, print);
    if (at < 0) return false;
    ofDevice[at + 1] = note;
    return true;
  }

  /** Adds a record; the oldest of the device go where there are more than `most`. */
  add(imei: string, print: number, note: Note, most: number): void {
    const ofDevice = this.devices.get(imei);
    if (ofDevice === undefined) {
      this.devices.set(imei, [print, note]);
      return;
    }
    ofDevice.push(print, note);
    // Half as many more, so that it does not happen with each.
    if (ofDevice.length > 3 * most) ofDevice.splice(0, ofDevice.length - 2 * most);
  }

  /** All of these and then those of others, of each device the last `most`. */
  with(others: NewPrints, most: number): NewPrints {
    const all = new NewPrints();
    for (const { devices } of [this, others]) {
      for (const [imei, ofDevice] of devices) {
        all.devices.set(imei, [...(all.devices.get(imei) ?? []), ...ofDevice].slice(-2 * most));
      }
    }
    return all;
  }

  forget(imei: string): void {
    this.devices.delete(imei);
  }
}

/** Where a fingerprint was put last; −1 where it is not. A note, of 32 bits, may look like one. */
function placeOf(ofDevice: readonly number[], print: number): number {
  let at = ofDevice.lastIndexOf(print);
  while (at % 2 === 1) at = ofDevice.lastIndexOf(print, at - 1);
  return at;
}
