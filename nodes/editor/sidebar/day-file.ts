/** In which a day can be saved. */
export const FILE_FORMATS = ["gpx", "kml", "csv", "geojson"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** A file on its way: its name and content, once they are there. */
export interface FileOnItsWay {
  readonly done: Promise<{ readonly day: string; readonly content: Blob }>;
  onBytes(told: (bytes: number) => void): void;
}
