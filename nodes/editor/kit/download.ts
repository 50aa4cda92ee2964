/** Lets the browser save a table as a file. Spreadsheets know by the mark at its beginning that it is UTF-8. */
export function downloadCsv(name: string, content: string): void {
  download(name, `\ufeff${content}`, "text/csv;charset=utf-8");
}

/** Lets the browser save a text as a file. */
export function download(name: string, content: string, type: string): void {
  downloadBlob(name, new Blob([content], { type }));
}

export function downloadBlob(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = $("<a>", { href: url, download: name }).hide().appendTo("body");
  (link[0] as HTMLAnchorElement).click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
