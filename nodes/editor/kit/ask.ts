import type { Problem } from "../../../src/errors";

/** Asks Node-RED, with jQuery, because the editor has taught it to log in. Rejects with a {@link Problem}. */
export function ask<T>(request: JQuery.AjaxSettings): Promise<T> {
  return new Promise((resolve, reject) => {
    $.ajax({ ...request, dataType: "json" }).then(resolve, (answer: JQuery.jqXHR) =>
      reject(problemOf(answer)),
    );
  });
}

/**
 * Asks Node-RED for a file, in whole; `told` hears how many bytes have come. Rejects with a {@link Problem}.
 */
export async function askFile(url: string, told: (bytes: number) => void): Promise<Blob> {
  const made = new XMLHttpRequest();
  made.responseType = "blob";
  made.addEventListener("progress", ({ loaded }) => told(loaded));
  // jQuery itself would take the file for a text.
  await new Promise<void>((resolve) => {
    $.ajax({ url, method: "GET", dataType: "binary", xhr: () => made }).always(() => resolve());
  });
  const { status, statusText } = made;
  const content = made.response as Blob | null;
  if (status >= 200 && status < 300 && content !== null) return content;
  throw problemOf({ status, statusText, responseJSON: readJson((await content?.text()) ?? "") });
}

/**
 * Sends a file to Node-RED; `told` hears which share of it has gone, from 0 to 1. Rejects with a {@link Problem}.
 */
export function sendFile<T>(url: string, file: Blob, told: (share: number) => void): Promise<T> {
  const made = new XMLHttpRequest();
  made.upload.addEventListener("progress", ({ loaded, total }) => told(total === 0 ? 1 : loaded / total));
  const contentType = "application/octet-stream";
  return ask({ url, method: "POST", data: file, processData: false, contentType, xhr: () => made });
}

function readJson(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

const BY_STATUS: Readonly<Record<number, string>> = {
  0: "NETWORK",
  401: "FORBIDDEN",
  403: "FORBIDDEN",
  413: "TOO_LARGE",
};

function problemOf({
  status,
  statusText,
  responseJSON,
}: Pick<JQuery.jqXHR, "status" | "statusText" | "responseJSON">): Problem {
  const { code, message, path } = (responseJSON ?? {}) as Partial<Problem>;
  return {
    code: code ?? BY_STATUS[status] ?? "INTERNAL",
    message: message ?? `${status} ${statusText}`,
    ...(path === undefined ? {} : { path }),
  };
}
