import type { StoredMessage } from '../history-store.js'
import type { Encoder, FeedFacts, ValueTarget } from '../outlet.js'
import type { RecentRoom } from './recent-messages.js'

interface Encoded {
  readonly encoder: Encoder
  readonly ref: number
  readonly bytes: Uint8Array | undefined
}

/** The most bytes of the encodings of a feed: those of all its recent messages fit. */
const mostBytes = 2 * 1024 * 1024

/** Bytes that an encoding takes besides its content. */
const overheadBytes = 200

/**
 * The last encoding of each message of a feed that was replayed not long ago: clients that return
 * together usually have used the same numbers for their requests.
 */
export class SharedReplays {
  readonly #room: RecentRoom
  /** By position; the oldest are first. */
  readonly #last: Map<string, Encoded> = new Map()
  #bytes = 0

  constructor(room: RecentRoom) {
    this.#room = room
  }

  /** Returns the bytes of a message for the request `target.ref`. */
  encode(
    message: StoredMessage,
    target: ValueTarget & { readonly feed: FeedFacts },
    encoder: Encoder | undefined,
  ): Uint8Array | undefined {
    if (!encoder) return undefined
    const { ref } = target
    const last = this.#last.get(message.position)
    if (last?.encoder === encoder && last.ref === ref) return last.bytes
    const bytes = encoder.values ? encoder.values.replayed(message, target) : encoder.message(message, target.feed)
    this.#forget(message.position)
    this.#remember(message.position, { encoder, ref, bytes })
    return bytes
  }

  clear(): void {
    this.#last.clear()
    this.#weigh(-this.#bytes)
  }

  #remember(position: string, encoded: Encoded): void {
    const size = sizeOf(encoded)
    const { limit } = this.#room
    if (size > Math.min(mostBytes, limit)) return
    this.#last.set(position, encoded)
    this.#weigh(size)
    for (const oldest of this.#last.keys()) {
      if (this.#bytes <= mostBytes && this.#room.used <= limit) return
      this.#forget(oldest)
    }
  }

  #forget(position: string): void {
    const encoded = this.#last.get(position)
    if (encoded && this.#last.delete(position)) this.#weigh(-sizeOf(encoded))
  }

  #weigh(bytes: number): void {
    this.#bytes += bytes
    this.#room.used += bytes
  }
}

function sizeOf({ bytes }: Encoded): number {
  return overheadBytes + (bytes?.length ?? 0)
}
