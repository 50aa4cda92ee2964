/** Lets the browser save a text as a file. Spreadsheets know by the mark at its beginning that it is UTF-8. */
export function download(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob(["\ufeff", content], { type: "text/csv;charset=utf-8" }));
  const link = $("<a>", { href: url, download: name }).hide().appendTo("body");
  (link[0] as HTMLAnchorElement).click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
