import type { Problem } from "../../../src/errors";
import type { RowsAnswer } from "../../../src/fleet/views";
import type { RegistryInfo } from "./api";
import { News, type NewsItem } from "./news";
import { DeviceRows } from "./rows";

/** What the feed asks Node-RED for. */
export interface Source {
  registries(): Promise<readonly RegistryInfo[]>;
  /** Whether the editor has this registry, deployed or not. */
  exists(registry: string): boolean;
  rows(registry: string, known?: { epoch: string; revision: number }): Promise<RowsAnswer>;
}

export interface FeedChange {
  /** What the list shows may have changed for this IMEI. */
  concerns(imei: string): boolean;
}

/** What the registries say of themselves (problems, counts) is asked for again after this time, if anything changes. */
const OVERVIEW_MS = 10_000;

/** While nobody looks, it is asked at most so often what is new. */
const GLANCE_MS = 5000;

const EVERYTHING: FeedChange = { concerns: () => true };

/**
 * Keeps the registries and the rows of the chosen one up to date: asks when it is told that something changed,
 * one question at a time, and only while somebody looks.
 */
export class Feed {
  readonly rows: DeviceRows;
  /** What came since somebody looked. */
  readonly news = new News();
  registries: readonly RegistryInfo[] | undefined;
  /** What kept the last question from being answered. */
  problem: Problem | undefined;
  /** True once the rows of the chosen registry have come. */
  loaded = false;
  private chosen = "";
  private watchers = 0;
  private stale: "registries" | "rows" | undefined = "registries";
  private asking = false;
  private overviewAt = 0;
  private readonly listeners = new Set<(change: FeedChange) => void>();
  private readonly newsListeners = new Set<(news: readonly NewsItem[]) => void>();
  private watched: () => void = () => {};
  private newsAnnounced: string | undefined;
  private glanceLater: ReturnType<typeof setTimeout> | undefined;
  private glancedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly source: Source,
    private readonly readProblem: (error: unknown) => Problem,
    language: string,
    private readonly now: () => number = Date.now,
  ) {
    this.rows = new DeviceRows(language, now);
  }

  get registry(): RegistryInfo | undefined {
    return this.registries?.find(({ id }) => id === this.chosen);
  }

  onChange(listener: (change: FeedChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get isWatched(): boolean {
    return this.watchers > 0;
  }

  /** Tells that somebody began to look. */
  onWatched(listener: () => void): void {
    this.watched = listener;
  }

  /** Tells of what is new in an answer, but not of what was there before. */
  onNews(listener: (news: readonly NewsItem[]) => void): void {
    this.newsListeners.add(listener);
  }

  /** Asks once although nobody looks, so that what is new can be told; not more often than {@link GLANCE_MS}. */
  glance(): void {
    const wait = this.glancedAt + GLANCE_MS - this.now();
    if (this.isWatched || this.glanceLater !== undefined) return;
    if (wait > 0) {
      this.glanceLater = setTimeout(() => {
        this.glanceLater = undefined;
        this.glance();
      }, wait);
      return;
    }
    this.glancedAt = this.now();
    this.stale ??= "rows";
    void this.catchUp(true);
  }

  /** Somebody looks, until the returned function is called. */
  watch(): () => void {
    this.watchers++;
    this.watched();
    void this.catchUp();
    let over = false;
    return () => {
      if (!over) this.watchers--;
      over = true;
    };
  }

  choose(id: string): void {
    if (id === this.chosen) return;
    this.forget();
    this.chosen = id;
    this.tell(EVERYTHING);
    this.outdated("rows");
  }

  /** A registry has said that something in it changed; `news` is another number where an event or a sender is new. */
  announced(id: string, news?: number): void {
    if (id !== this.chosen) return;
    const isNews = news !== undefined && this.newsAnnounced !== `${id} ${news}`;
    const works = this.registry?.ready === true && this.problem === undefined;
    const recent = this.now() - this.overviewAt < OVERVIEW_MS;
    this.outdated(works && recent ? "rows" : "registries");
    this.newsAnnounced = `${id} ${news}`;
    if (isNews) this.glance();
  }

  /** Flows were deployed, or the connection was lost for a while. */
  everythingOutdated(): void {
    this.outdated("registries");
  }

  /** Asks for what changed and resolves when it is here. */
  refresh(): void {
    this.outdated("rows");
  }

  private outdated(what: "registries" | "rows"): void {
    if (this.stale !== "registries") this.stale = what;
    void this.catchUp();
  }

  private async catchUp(glance = false): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    for (let once = glance; this.stale !== undefined && (once || this.watchers > 0); once = false) {
      const what = this.stale;
      this.stale = undefined;
      try {
        if (what === "registries") await this.askRegistries();
        await this.askRows();
      } catch (error) {
        this.failed(error);
      }
    }
    this.asking = false;
  }

  private async askRegistries(): Promise<void> {
    const registries = await this.source.registries();
    const isGone = registries.every(({ id }) => id !== this.chosen);
    // While flows are deployed it is gone for a moment; the end of that is told.
    if (this.loaded && isGone && this.source.exists(this.chosen)) return;
    this.registries = registries;
    this.overviewAt = this.now();
    if (this.registry === undefined) {
      this.forget();
      this.chosen = this.registries[0]?.id ?? "";
    }
    this.problem = this.registry?.ready === false ? this.registry.problem : undefined;
    this.tell({ concerns: () => false });
  }

  private async askRows(): Promise<void> {
    const asked = this.chosen;
    if (!this.registry?.ready) return;
    const answer = await this.source.rows(asked, this.rows.since);
    if (asked !== this.chosen) return;
    const first = this.rows.since === undefined;
    const news: NewsItem[] = [];
    const concerns = this.rows.apply(answer, (before, row) => {
      const item = this.news.take(before, row, first);
      if (item !== undefined) news.push(item);
    });
    for (const imei of answer.removed) this.news.lookedAt(imei);
    this.loaded = true;
    this.problem = undefined;
    this.tell({ concerns });
    if (news.length > 0 && !first) for (const listener of this.newsListeners) listener(news);
  }

  private failed(error: unknown): void {
    const problem = this.readProblem(error);
    // A registry that is gone was deployed away: the list of registries tells what there is instead.
    if (problem.code === "NOT_FOUND" && this.problem?.code !== "NOT_FOUND") this.stale = "registries";
    this.problem = problem;
    this.tell({ concerns: () => false });
  }

  private forget(): void {
    this.rows.clear();
    this.news.clear();
    this.loaded = false;
    this.problem = undefined;
  }

  private tell(change: FeedChange): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}
