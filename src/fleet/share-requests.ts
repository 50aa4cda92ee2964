import { unknownDevice } from "../devices/devices";
import { isObject } from "../devices/fields";
import { shown, TrackerError } from "../errors";
import { SHARE_LIMITS, type ShareLink } from "../shares/share-link";
import { unknownShare } from "../shares/share-links";
import { readHeardImei, readMoment } from "./read-request";
import type { RequestContext } from "./request-context";

const FIELDS = ["name", "imeis", "groups", "begins", "ends"];
const NAME_LENGTH = 100;

/** A link as people see it: without what its secret could be known by. */
export type PublicShare = Omit<ShareLink, "digest">;

/** All links, newest first. */
export async function shares(_payload: unknown, { fleet }: RequestContext): Promise<readonly PublicShare[]> {
  return [...fleet.shareLinks.all()].map(publicShare).reverse();
}

/**
 * Makes a link of `{name, imeis, groups, begins, ends}`, and tells its `secret`, this once. It begins now where nothing
 * is said. Rejects with `FIELD_*`, `IMEI_*`, `DEVICE_UNKNOWN`, `SHARE_LIMIT`.
 */
export async function addShare(
  payload: unknown,
  { fleet, tools, by }: RequestContext,
): Promise<PublicShare & { readonly secret: string }> {
  if (!isObject(payload)) throw notOne();
  const unknown = Object.keys(payload).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined)
    throw new TrackerError({
      code: "FIELD_UNKNOWN",
      path: unknown,
      message: `a link has ${FIELDS.join(", ")}`,
    });
  const now = fleet.clock.wall();
  const begins = readMoment("begins", payload.begins) ?? now;
  const ends = readMoment("ends", payload.ends);
  if (ends === undefined || ends <= Math.max(begins, now))
    throw wrong("ends", "a link needs an end that is after its beginning, and not over");
  const imeis = textsOf("imeis", payload.imeis, SHARE_LIMITS.devices).map((imei) =>
    readHeardImei(imei, fleet),
  );
  const groups = textsOf("groups", payload.groups, SHARE_LIMITS.groups);
  if (imeis.length + groups.length === 0) throw notOne();
  const name = textsOf("name", payload.name === undefined ? [] : [payload.name], 1)[0] ?? "";
  if (name.length > NAME_LENGTH) throw wrong("name", `a name has at most ${NAME_LENGTH} characters`);
  const { secret, digest } = tools.newSecret();
  const link: ShareLink = {
    id: digest.slice(0, 12),
    name,
    imeis: [...new Set(imeis)],
    groups: [...new Set(groups)],
    begins,
    ends,
    digest,
    createdAt: now,
    by,
  };
  await fleet.changeShares(() => {
    const missing = link.imeis.find((imei) => fleet.devices.get(imei) === undefined);
    if (missing !== undefined) throw unknownDevice(missing);
    return new Map([[link.id, link]]);
  });
  return { ...publicShare(link), secret };
}

/** Takes a link back, by its id; who has it open is let go at once. */
export async function removeShare(
  payload: unknown,
  { fleet }: RequestContext,
): Promise<{ readonly id: string }> {
  const id = isObject(payload) ? payload.id : payload;
  if (typeof id !== "string") throw wrong("id", `the id of a link is a text, not ${shown(id)}`);
  await fleet.changeShares(() => {
    if (fleet.shareLinks.get(id) === undefined) throw unknownShare(id);
    return new Map([[id, null]]);
  });
  return { id };
}

function publicShare({ digest: _, ...link }: ShareLink): PublicShare {
  return link;
}

function textsOf(path: string, value: unknown, most: number): string[] {
  const list = value ?? [];
  const isRight =
    Array.isArray(list) && list.length <= most && list.every((one) => typeof one === "string" && one !== "");
  if (isRight) return list;
  throw wrong(path, `${path} is a list of up to ${most} texts`);
}

function notOne(): TrackerError {
  return wrong("imeis", "a link is for at least one device (imeis) or group (groups)");
}

function wrong(path: string, message: string): TrackerError {
  return new TrackerError({ code: "FIELD_VALUE", path, message });
}
