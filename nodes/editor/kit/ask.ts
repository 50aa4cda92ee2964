import type { Problem } from "../../../src/errors";

/** Asks Node-RED, with jQuery, because the editor has taught it to log in. Rejects with a {@link Problem}. */
export function ask<T>(request: JQuery.AjaxSettings): Promise<T> {
  return new Promise((resolve, reject) => {
    $.ajax({ ...request, dataType: "json" }).then(resolve, (answer: JQuery.jqXHR) =>
      reject(problemOf(answer)),
    );
  });
}

const BY_STATUS: Readonly<Record<number, string>> = {
  0: "NETWORK",
  401: "FORBIDDEN",
  403: "FORBIDDEN",
  413: "TOO_LARGE",
};

function problemOf({ status, statusText, responseJSON }: JQuery.jqXHR): Problem {
  const { code, message, path } = (responseJSON ?? {}) as Partial<Problem>;
  return {
    code: code ?? BY_STATUS[status] ?? "INTERNAL",
    message: message ?? `${status} ${statusText}`,
    ...(path === undefined ? {} : { path }),
  };
}
