import type { Pattern, Subject } from '@wildcast/protocol'
import { revisionOf } from '../../../core/revision.js'
import type { StoredValue, StoredWill, ValuePage, ValuePageRequest } from '../../../core/store.js'
import type { JetStream } from './jet-stream.js'
import { Listings } from './listings.js'
import { valuePlace, valuesStream } from './places.js'
import { storedFormIn } from './stored-form.js'

/** The newest message of a subject. */
export interface NewestMessage {
  readonly seq: number
  /** Bytes of its headers and its payload. */
  readonly size: number
  /** Absent if the value was deleted, or if no relay wrote it. */
  readonly value?: StoredValue
  readonly will?: StoredWill | undefined
}

/** The most values that are read at the same time. */
const atOnce = 64
/** How many are read first, before their size is known. */
const first = 4

/** Reads values from their stream. */
export class StreamReader {
  readonly #jetStream: JetStream
  readonly #listings: Listings

  constructor(jetStream: JetStream) {
    this.#jetStream = jetStream
    this.#listings = new Listings(jetStream)
  }

  /** Returns the newest message of a subject. */
  async newest(subject: Subject): Promise<NewestMessage | undefined> {
    const message = await this.#jetStream.last(valuesStream, valuePlace(subject))
    if (!message) return undefined
    const { seq, size, headers, data } = message
    const form = storedFormIn(headers, data)
    if (!form || form.payload.length === 0) return { seq, size }
    const { term, payload, about, will } = form
    return { seq, size, value: { subject, revision: revisionOf(term, seq), payload, ...about }, will }
  }

  /** Reads a part of the values of a pattern. */
  async page(pattern: Pattern, { after, values: most, bytes }: ValuePageRequest): Promise<ValuePage> {
    const subjects = await this.#listings.after(pattern, after)
    const values: StoredValue[] = []
    let [at, size] = [0, 0]
    while (at < subjects.length && values.length < most && (size < bytes || values.length === 0)) {
      const batch = subjects.slice(at, at + batchSize(values.length, size, { most, bytes }))
      for (const found of await Promise.all(batch.map((subject) => this.newest(subject)))) {
        // The next page reads the rest of the batch again.
        if (values.length > 0 && size >= bytes) break
        at++
        if (!found?.value) continue
        values.push(found.value)
        size += found.value.payload.length
      }
    }
    if (at >= subjects.length) this.#listings.done(pattern)
    return { values, next: at < subjects.length ? subjects[at - 1] : undefined }
  }
}

/**
 * Returns how many values or messages to read next, given the mean size of those that were read.
 * @param count - how many were read
 * @param size - their bytes
 */
export function batchSize(
  count: number,
  size: number,
  { most, bytes }: { readonly most: number; readonly bytes: number },
): number {
  const fitting = count === 0 ? first : Math.ceil(((bytes - size) * count) / Math.max(size, 1))
  return Math.max(1, Math.min(fitting, most - count, atOnce))
}
