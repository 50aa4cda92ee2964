import { accessHeaders } from "./server";

/** Has the browser save what the server answers under the name that it says; false where there is nothing. */
export async function saveFile(path: string): Promise<boolean> {
  const response = await fetch(path, { headers: accessHeaders() }).catch(() => undefined);
  if (response?.ok !== true) return false;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = nameIn(response.headers.get("content-disposition") ?? "");
  link.click();
  URL.revokeObjectURL(link.href);
  return true;
}

function nameIn(disposition: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="([^"]+)"/.exec(disposition)?.[1] ?? "track";
}
