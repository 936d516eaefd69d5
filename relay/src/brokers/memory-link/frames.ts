/** What a relay says to the process of a memory broker, and what it hears. */
export const kinds = {
  // A relay says, each with a number of its own:
  subscribe: 1, // the interest; the number names the subscription from then on
  unsubscribe: 2, // whose body is the number of the subscription
  publish: 3, // a message
  request: 4, // a time limit and a message
  cancel: 5, // bears the request's number
  ping: 6,
  // It hears, with the number of what it said:
  done: 7, // to everything but requests
  failed: 8, // code and reason, to anything
  message: 9, // bears the subscription's number
  part: 10, // an answer to a request, before others
  answer: 11, // the last one
} as const

export type Kind = (typeof kinds)[keyof typeof kinds]

/** Takes one frame. The body is valid for as long as it is held. */
export type TakeFrame = (kind: Kind, number: number, body: Uint8Array) => void

/** Enough numbers for a hundred thousand a second, and for decades. */
const numberBytes = 6
const headBytes = 5 + numberBytes

/**
 * The beginning of a frame, whose body may be shared with others: how long the body is, the kind,
 * the number.
 */
export function frameHead(kind: Kind, number: number, bodyBytes: number): Uint8Array {
  const head = Buffer.allocUnsafe(headBytes)
  head.writeUInt32BE(bodyBytes, 0)
  head[4] = kind
  head.writeUIntBE(number, 5, numberBytes)
  return head
}

/** Cuts what a socket brings into frames. */
export function frameReader(take: TakeFrame): (chunk: Buffer) => void {
  let held: Buffer[] = []
  let heldBytes = 0
  /** Below this there is nothing to cut: a long frame is joined once, not with every chunk. */
  let needed = headBytes

  return (chunk) => {
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes < needed) return
    const bytes = held.length === 1 ? chunk : Buffer.concat(held, heldBytes)
    let at = 0
    for (;;) {
      needed = headBytes
      if (bytes.length - at < needed) break
      needed += bytes.readUInt32BE(at)
      if (bytes.length - at < needed) break
      take(bytes[at + 4] as Kind, bytes.readUIntBE(at + 5, numberBytes), bytes.subarray(at + headBytes, at + needed))
      at += needed
    }
    held = at < bytes.length ? [bytes.subarray(at)] : []
    heldBytes = bytes.length - at
  }
}
