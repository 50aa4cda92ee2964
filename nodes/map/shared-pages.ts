import type { Fleet } from "../../src/fleet/fleet";
import { isValidAt, type ShareLink } from "../../src/shares/share-link";
import { digestOf } from "../runtime/registry-tools";
import { Attempts } from "./attempts";

/** Header of a request that comes with a link's secret, which never stands in an address that is sent. */
export const SHARE_HEADER = "x-tracker-share";

/** `opening`: nobody can say yet; `limited`: too many wrong secrets came from there; `unknown`: no link has it now. */
export type LinkRefusal = "opening" | "limited" | "unknown";

/** What is made for a link. */
interface SharedPage {
  tick(): void;
  close(): void;
}

/** What the links to share of a registry show, of the page that they are used at. */
export class SharedPages<P extends SharedPage> {
  private readonly pages = new Map<string, { readonly page: P; readonly link: ShareLink }>();
  private readonly attempts: Attempts;
  private followed: Fleet | undefined;
  private unfollow = (): void => undefined;

  constructor(
    private readonly fleet: () => Fleet | undefined,
    private readonly make: (link: ShareLink) => P,
    private readonly now: () => number,
  ) {
    this.attempts = new Attempts(now);
  }

  /** The page of the link that has a secret; `address` is where the request comes from. */
  open(secret: string, address: string): P | LinkRefusal {
    if (this.attempts.isBlocked(address)) return "limited";
    const fleet = this.fleet();
    if (fleet === undefined) return "opening";
    const link = fleet.shareLinks.find(digestOf(secret));
    if (link === undefined || !isValidAt(link, this.now())) {
      if (link === undefined) this.attempts.failed(address);
      return "unknown";
    }
    this.follow(fleet);
    const known = this.pages.get(link.id);
    if (known?.link === link) return known.page;
    known?.page.close();
    const page = this.make(link);
    this.pages.set(link.id, { page, link });
    return page;
  }

  /** To be called every second. */
  tick(): void {
    this.letGo();
    for (const { page } of this.pages.values()) page.tick();
  }

  close(): void {
    this.unfollow();
    for (const { page } of this.pages.values()) page.close();
    this.pages.clear();
  }

  /** Ends the streams of links that are over, or were taken back or changed. */
  private letGo(): void {
    const fleet = this.fleet();
    for (const [id, { page, link }] of this.pages) {
      const isThere = fleet === undefined || fleet.shareLinks.get(id) === link;
      if (isThere && isValidAt(link, this.now())) continue;
      this.pages.delete(id);
      page.close();
    }
  }

  private follow(fleet: Fleet): void {
    if (fleet === this.followed) return;
    this.unfollow();
    this.followed = fleet;
    this.unfollow = fleet.shareLinks.onChange.add(() => this.letGo());
  }
}
