/** The frames between a relay and the process of a memory broker. */
export const kinds = {
  // From the relay, each with a new number:
  subscribe: 1, // an interest; the number becomes that of the subscription
  unsubscribe: 2, // the number of the subscription
  publish: 3, // a message
  request: 4, // a time limit and a message
  cancel: 5, // has the request's number
  ping: 6,
  write: 7, // a value
  read: 8, // the subject of a value
  page: 9, // a pattern and bounds
  mark: 10,
  renew: 11, // a lease
  append: 12, // a message to keep
  historyPage: 13, // a pattern and bounds
  historyState: 14, // a pattern and a position
  // From the broker, with the number of the frame that it answers:
  done: 15, // for all frames but requests; with the result of a call to a store
  failed: 16, // a code and a message, for any frame
  message: 17, // has the subscription's number
  part: 18, // a part of an answer
  answer: 19, // the final answer
} as const

export type Kind = (typeof kinds)[keyof typeof kinds]

/** Receives one frame. It may keep the body. */
export type TakeFrame = (kind: Kind, number: number, body: Uint8Array) => void

/** Enough for a hundred thousand frames a second, for decades. */
const numberBytes = 6
const headBytes = 5 + numberBytes

/** Returns the head of a frame: length of the body, kind, number. The body is written as it is. */
export function frameHead(kind: Kind, number: number, bodyBytes: number): Uint8Array {
  const head = Buffer.allocUnsafe(headBytes)
  head.writeUInt32BE(bodyBytes, 0)
  head[4] = kind
  head.writeUIntBE(number, 5, numberBytes)
  return head
}

/** Returns a reader that divides the chunks of a socket into frames. */
export function frameReader(take: TakeFrame): (chunk: Buffer) => void {
  let held: Buffer[] = []
  let heldBytes = 0
  /** The bytes of the next frame: a long frame is joined once, not with each chunk. */
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
