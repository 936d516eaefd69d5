import type { Writable } from 'node:stream'

/**
 * Bytes that were written to a stream and have not left the process. Node's own count falls only
 * when a whole buffer has left; the socket's handle knows how far it has come within one, which is
 * what Node judges its socket timeouts by (lib/net.js, `_onTimeout`).
 */
export function waitingIn(
  stream: Writable & { readonly _handle?: { readonly writeQueueSize?: number } | null },
): number {
  return stream._handle?.writeQueueSize ?? stream.writableLength
}
