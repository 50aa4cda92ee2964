import type { Why } from "./events";

/** What OpenSSL says of a handshake that fails, in words for whoever sets up the client. */
const IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/wrong version number|http request|packet length/, "it speaks without TLS, but this port is with TLS"],
  [
    /alert (unknown ca|certificate unknown|bad certificate|certificate expired)/,
    "it does not trust the certificate of this broker",
  ],
  [/did not return a certificate/, "it has shown no certificate, and has to"],
  [/unsupported protocol/, "it offers no TLS from version 1.2 on"],
];

/** Why a TLS handshake failed; undefined where the connection just ended. */
export function tlsProblem(error: Error): Why | undefined {
  const { reason, syscall } = error as NodeJS.ErrnoException & { readonly reason?: string };
  if (reason === undefined || syscall !== undefined) return undefined;
  const words = IN_WORDS.find(([pattern]) => pattern.test(reason))?.[1];
  return { code: "TLS", reason: words ?? `the TLS handshake failed: ${reason}` };
}
