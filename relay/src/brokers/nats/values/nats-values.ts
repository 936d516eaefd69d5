import { type BrokerMessage, type Pattern, payloadSize, type Subject, WildcastError } from '@wildcast/protocol'
import type { PublishKey } from '../../../core/publish-key.js'
import { revisionOf } from '../../../core/revision.js'
import type { StoredValue, ValuePage, ValuePageRequest, ValueStore, ValueWrite, Written } from '../../../core/store.js'
import { storageFull } from '../../../stores/limits.js'
import { natsHeadersFrom } from '../headers.js'
import { writeExpiredWills } from './expired-wills.js'
import type { HeldChanges } from './held-changes.js'
import { type JetStream, keptSize, type StoredAt } from './jet-stream.js'
import { failing, isOutOfMessages, isOutOfRoom, isRefusedWith, jetStreamCodes } from './jet-stream-error.js'
import { probeHeaders, repeatedMessage } from './key-headers.js'
import { NatsLeases } from './leases.js'
import { markSubject, valuePlace, valuesStream } from './places.js'
import { storedFormIn, storedFormOf } from './stored-form.js'
import { StreamReader } from './stream-reader.js'
import { SubjectQueues } from './subject-queues.js'
import type { ValuesStream, ValuesStreamOptions } from './values-stream.js'

export interface NatsValuesOptions extends Pick<ValuesStreamOptions, 'jetStream' | 'limits'> {
  readonly stream: ValuesStream
  readonly held: Pick<HeldChanges, 'delivered'>
  /** Publishes a change on its own subject, for groups and for programs without Wildcast. */
  copy(change: BrokerMessage): void
  /** Returns why a subject can't have a value. @default each can */
  readonly refuse?: ((subject: Subject) => string | undefined) | undefined
}

/** How often a write is tried because others were faster. */
const mostTries = 1000

/** The values that relays keep at one NATS: see `places.ts`. */
export class NatsValues implements ValueStore {
  readonly #options: NatsValuesOptions
  readonly #jetStream: JetStream
  readonly #reader: StreamReader
  readonly #leases: NatsLeases
  readonly #queues: SubjectQueues = new SubjectQueues()

  constructor(options: NatsValuesOptions) {
    this.#options = options
    this.#jetStream = options.jetStream
    this.#reader = new StreamReader(this.#jetStream)
    this.#leases = new NatsLeases(this.#jetStream)
  }

  write(write: ValueWrite): Promise<Written> {
    const subject = write.message.subject as Subject
    const refused = this.#options.refuse?.(subject)
    if (refused !== undefined) return Promise.reject(new WildcastError('unsupported', refused))
    const { key } = write
    return this.#queues.run(subject, () =>
      failing(key ? this.#writeOnce(subject, write, key) : this.#write(subject, write)),
    )
  }

  async read(subject: Subject): Promise<StoredValue | undefined> {
    return (await failing(this.#reader.newest(subject)))?.value
  }

  page(pattern: Pattern, request: ValuePageRequest): Promise<ValuePage> {
    return failing(this.#reader.page(pattern, request))
  }

  async mark(): Promise<void> {
    // The answer comes over the way of the changes, after those before it.
    if ((await failing(this.#options.stream.find())) === undefined) return
    const answered = this.#jetStream.publish(markSubject, '').catch((cause: unknown) => {
      if (!isOutOfRoom(cause)) throw cause
    })
    await failing(answered)
    await this.#options.held.delivered()
  }

  renew(lease: string): Promise<void> {
    return failing(this.#leases.renew(lease))
  }

  async sweep(): Promise<void> {
    if (!(await failing(this.#options.stream.check()))) return
    const [jetStream, leases, reader] = [this.#jetStream, this.#leases, this.#reader]
    await failing(writeExpiredWills({ jetStream, leases, reader, write: (write) => this.write(write) }))
  }

  /** JetStream recognizes a key only if it gets the write: one that is refused may be a repeat. */
  async #writeOnce(subject: Subject, write: ValueWrite, key: PublishKey): Promise<Written> {
    let written: Written
    try {
      written = await this.#write(subject, write)
    } catch (cause) {
      const isFull = isOutOfRoom(cause) || WildcastError.from(cause).code === 'storage_full'
      const earlier = isFull ? await this.#earlier(subject, key) : undefined
      if (earlier) return earlier
      throw cause
    }
    return written.kind === 'written' ? written : ((await this.#earlier(subject, key)) ?? written)
  }

  /** Returns the outcome of an earlier write with this key. Writes nothing. */
  async #earlier(subject: Subject, key: PublishKey): Promise<Written | undefined> {
    if ((await this.#options.stream.find()) === undefined) return undefined
    try {
      return await this.#repeated(key, await this.#jetStream.store(valuePlace(subject), '', probeHeaders(key)))
    } catch (cause) {
      if (isRefusedWith(cause, jetStreamCodes.wrongSequence)) return undefined
      throw cause
    }
  }

  /** An earlier write with this key has stored a message, maybe of another relay. */
  async #repeated(key: PublishKey, at: StoredAt): Promise<Written> {
    const [message, term] = [await repeatedMessage(this.#jetStream, key, at), await this.#options.stream.make()]
    await this.mark()
    const form = message && storedFormIn(message.headers, message.data)
    return { kind: 'written', revision: revisionOf(form?.term ?? term, at.seq), repeated: true }
  }

  async #write(subject: Subject, write: ValueWrite): Promise<Written> {
    const { stream } = this.#options
    const deletes = write.message.payload.length === 0
    const term = await (deletes ? stream.find() : stream.make())
    if (term === undefined) return refusalOf(write, undefined) ?? { kind: 'unchanged' }
    if (write.will && !deletes) await this.#leases.begin(write.will.lease)
    const isBlind = !deletes && write.ifRevision === undefined
    for (let tries = 0; tries < mostTries; tries++) {
      const newest = isBlind ? undefined : await this.#reader.newest(subject)
      const judged = isBlind ? undefined : refusalOf(write, newest?.value?.revision)
      if (judged) return judged
      const expected = isBlind ? undefined : (newest?.seq ?? 0)
      const at = await this.#publish(subject, write, term, expected).catch((cause: unknown) => {
        if (!deletes || expected === undefined || !isOutOfRoom(cause)) throw cause
        return this.#deleteWithoutRoom(subject, write, term, expected)
      })
      if (at?.duplicate && write.key) return this.#repeated(write.key, at)
      if (at) return this.#written(write, revisionOf(term, at.seq), deletes ? at.seq : undefined)
    }
    throw new WildcastError('rate_limited', 'others write this subject too often; try again later')
  }

  /** Resolves with the place, or with undefined if another write was faster. */
  async #publish(
    subject: Subject,
    write: ValueWrite,
    term: string,
    expected: number | undefined,
  ): Promise<StoredAt | undefined> {
    const { stream, limits } = this.#options
    const { headers, payload } = storedFormOf(write, term, expected)
    const place = valuePlace(subject)
    try {
      if (payload.length > 0) {
        const size = keptSize(payloadSize(place), natsHeadersFrom(headers).size, payloadSize(payload))
        await this.#checkRoom(subject, size)
      }
      const at = await this.#jetStream.store(place, payload, headers)
      if (!at.duplicate) stream.seen(term, at.seq)
      return at
    } catch (cause) {
      if (isRefusedWith(cause, jetStreamCodes.wrongSequence)) return undefined
      if (isRefusedWith(cause, jetStreamCodes.noResponders)) await stream.check()
      if (isOutOfMessages(cause)) throw storageFull('values', limits.values)
      throw cause
    }
  }

  /** A deletion is a message as well: the value makes room for it. */
  async #deleteWithoutRoom(subject: Subject, write: ValueWrite, term: string, seq: number): Promise<StoredAt> {
    await this.#jetStream.remove(valuesStream, seq)
    const deletion = await this.#publish(subject, write, term, 0)
    if (deletion === undefined)
      throw new WildcastError('interrupted', 'another write came between; read the value, and decide again')
    return deletion
  }

  /** The stream has stored it, and this connection has delivered it. */
  async #written({ message }: ValueWrite, revision: string, deletion: number | undefined): Promise<Written> {
    const { from, ...rest } = message
    this.#options.copy({ ...rest, user: from?.user, revision, ...(deletion !== undefined && { deleted: true }) })
    // It would count as a value.
    if (deletion !== undefined) await this.#jetStream.remove(valuesStream, deletion)
    await this.#options.held.delivered()
    return { kind: 'written', revision }
  }

  /** @throws {WildcastError} `storage_full` if a value of this size exceeds the limit of bytes */
  async #checkRoom(subject: Subject, size: number): Promise<void> {
    const { stream, limits } = this.#options
    if (!stream.isFarFromFull(size)) {
      const [bytes, newest] = await Promise.all([stream.bytes(), this.#reader.newest(subject)])
      if (bytes - (newest?.size ?? 0) + size > limits.bytes) throw storageFull('bytes', limits.bytes)
    }
    stream.count(size)
  }
}

/** Returns the outcome of a write that must not be done, or undefined. */
function refusalOf({ message, ifRevision }: ValueWrite, revision: string | undefined): Written | undefined {
  if (ifRevision === null ? revision !== undefined : ifRevision !== undefined && ifRevision !== revision)
    return { kind: 'refused', revision }
  return message.payload.length === 0 && revision === undefined ? { kind: 'unchanged' } : undefined
}
