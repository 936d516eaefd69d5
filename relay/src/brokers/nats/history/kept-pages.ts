import { matches, type Pattern } from '@wildcast/protocol'
import type { HistoryPage, HistoryPageRequest, StoredMessage } from '../../../core/history-store.js'
import { noPosition } from '../../../core/position.js'
import { names, natsNativeOf } from '../subjects.js'
import type { StreamMessage } from '../values/jet-stream.js'
import { batchSize } from '../values/stream-reader.js'
import { filterOf } from './filter-of.js'
import { fieldsOf, keptFields } from './kept-form.js'
import type { KeptRange, KeptStream } from './kept-stream.js'
import { PulledMessages, type PullPorts } from './pulled-messages.js'

/** The most messages that one page looks at. */
const mostLooks = 1000
/** The shortest part that is read backwards. */
const fewestLooks = 16
/** How many parts of a stream, each 8 times as long as the last, are searched for one message. */
const mostParts = 6

/** The numbers of the messages to read: from `low` to `high`. */
interface Bounds extends Pick<HistoryPageRequest, 'messages' | 'bytes'> {
  readonly low: number
  readonly high: number
}

/** The messages of a part, and the number at which the next page begins. */
interface Found {
  readonly messages: readonly StoredMessage[]
  readonly next?: number | undefined
}

/** A message that was looked at. `message` is absent if it is not of the pattern. */
interface ReadMessage {
  readonly seq: number
  readonly size: number
  readonly message?: StoredMessage
}

/** Reads the messages of one rule. */
export class KeptPages {
  readonly #ports: PullPorts
  readonly #stream: KeptStream

  constructor(ports: PullPorts, stream: KeptStream) {
    this.#ports = ports
    this.#stream = stream
  }

  /** Reads a part of the messages of a pattern. */
  async page(
    pattern: Pattern,
    { after, before, newestFirst, messages, bytes }: HistoryPageRequest,
  ): Promise<HistoryPage> {
    const { terms } = this.#stream
    const range = await this.#stream.range()
    const { first, last } = range
    const low = Math.max(first, terms.lastUpTo(after ?? noPosition) + 1)
    const high = before === undefined ? last : Math.min(last, terms.lastBefore(before))
    const bounds = { low, high, messages, bytes }
    let found: Found = { messages: [] }
    if (low <= high)
      found = await (newestFirst ? this.#backwards(pattern, bounds, range) : this.#forwards(pattern, bounds))
    // Some may have been forgotten while they were read.
    const { forgotten } = stateOf(terms, await this.#stream.range())
    const next = found.next === undefined ? undefined : terms.positionOf(found.next)
    return { messages: found.messages, newest: terms.positionOf(last), forgotten, next }
  }

  async #forwards(pattern: Pattern, { low, high, messages: most, bytes }: Bounds): Promise<Found> {
    const messages: StoredMessage[] = []
    let [size, looks, at] = [0, 0, low - 1]
    const nextBatch = (): number => batchSize(messages.length, size, { most, bytes })
    for await (const { seq, size: length, message } of this.#read(pattern, { low, high }, nextBatch)) {
      if (messages.length >= most || looks >= mostLooks || (messages.length > 0 && size >= bytes))
        return { messages, next: at }
      at = seq
      looks++
      if (!message) continue
      messages.push(message)
      size += length
    }
    return { messages }
  }

  /** JetStream reads forwards only: reads the last part, and longer ones while nothing is found. */
  async #backwards(pattern: Pattern, bounds: Bounds, { mean }: KeptRange): Promise<Found> {
    const { low, messages, bytes } = bounds
    let { high } = bounds
    let width = Math.max(fewestLooks, Math.min(mostLooks / 2, messages, Math.ceil(bytes / mean)))
    for (let parts = 1; ; parts++) {
      const from = Math.max(low, high - width + 1)
      const found = await this.#lastOf(pattern, { low: from, high, messages, bytes })
      if (!found) {
        width = Math.max(fewestLooks, Math.ceil(width / 64))
        continue
      }
      const next = found.next ?? (from > low ? from : undefined)
      if (found.messages.length > 0 || next === undefined || parts >= mostParts) return { ...found, next }
      high = from - 1
      width *= 8
    }
  }

  /** Reads the last messages of a part. Returns undefined if the part has too many. */
  async #lastOf(pattern: Pattern, { low, high, messages: most, bytes }: Bounds): Promise<Found | undefined> {
    const found: { readonly seq: number; readonly message: StoredMessage; readonly size: number }[] = []
    let [size, looks, isCut] = [0, 0, false]
    for await (const { seq, size: length, message } of this.#read(pattern, { low, high }, () => fewestLooks)) {
      if (++looks > mostLooks) return undefined
      if (!message) continue
      found.push({ seq, message, size: length })
      size += length
      while (found.length > most || (found.length > 1 && size - (found[0]?.size ?? 0) >= bytes)) {
        size -= found.shift()?.size ?? 0
        isCut = true
      }
    }
    return { messages: found.map(({ message }) => message).reverse(), next: isCut ? found[0]?.seq : undefined }
  }

  /**
   * Reads from `low` to `high`. A consumer of nats-server 2.9 may end too early while the stream
   * forgets messages: so it is asked whether there is another message, and read on from there.
   */
  async *#read(
    pattern: Pattern,
    { low, high }: Pick<Bounds, 'low' | 'high'>,
    nextBatch: () => number,
  ): AsyncGenerator<ReadMessage, void> {
    const { subjects, stream } = this.#stream.kept
    const filter = filterOf(natsNativeOf({ pattern }).subjects, subjects)
    for (let at = low - 1; at < high; ) {
      const reader = await PulledMessages.open(this.#ports, { stream, from: at + 1, filter })
      try {
        for (let batch = await reader.next(nextBatch()); batch.length > 0; batch = await reader.next(nextBatch()))
          for (const { seq, msg } of batch) {
            if (seq > high) return
            at = seq
            yield this.#readOne(pattern, { seq, subject: msg.subject, data: msg.data, fields: keptFields(msg) })
          }
      } finally {
        reader.close()
      }
      const later = at < high ? await this.#ports.jetStream.next(stream, at + 1, filter ?? '>') : undefined
      if (!later || later.seq > high) return
      at = later.seq
      yield this.#readOne(pattern, { ...later, fields: fieldsOf(later.headers) })
    }
  }

  #readOne(
    pattern: Pattern,
    found: Pick<StreamMessage, 'seq' | 'subject' | 'data'> & { readonly fields: ReturnType<typeof fieldsOf> },
  ): ReadMessage {
    const { seq, data, fields } = found
    const subject = names.subjectOf(found.subject)
    if (subject === undefined || !fields || !matches(pattern, subject)) return { seq, size: 0 }
    const message = { subject, payload: data, ...fields, position: this.#stream.terms.positionOf(seq) }
    return { seq, size: data.length, message }
  }
}

/** Returns the state of a stream. */
export function stateOf(
  terms: KeptStream['terms'],
  { first, last }: KeptRange,
): { readonly newest: string; readonly forgotten: string } {
  return { newest: terms.positionOf(last), forgotten: first > 1 ? terms.positionOf(first - 1) : noPosition }
}
