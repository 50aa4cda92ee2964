import type { HistoryStore } from "../../history/port";

/** What the main thread asks its worker for. */
export type HistoryMethod = Exclude<keyof HistoryStore, "kind">;
