import type { Writable } from 'node:stream'

/**
 * Returns the written bytes of a stream that have not left the process. Node's own count falls only
 * by whole buffers; the socket's handle counts within one, and Node uses it for its socket timeouts
 * (lib/net.js, `_onTimeout`).
 */
export function waitingIn(
  stream: Writable & { readonly _handle?: { readonly writeQueueSize?: number } | null },
): number {
  return stream._handle?.writeQueueSize ?? stream.writableLength
}
