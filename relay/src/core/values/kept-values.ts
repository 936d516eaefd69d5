import { type BrokerMessage, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../clock.js'
import type { StoredValue, ValueStore } from '../store.js'
import { sizeInMemory, valuesTooLarge } from '../value-size.js'
import { MemberTally } from './member-tally.js'

/** Memory that the kept values of all patterns share. */
export interface ValueRoom {
  /** Bytes of all kept values. */
  used: number
  readonly limit: number
}

export interface KeptValuesOptions {
  readonly store: ValueStore
  readonly pattern: Pattern
  readonly clock: Clock
  readonly room: ValueRoom
}

/** A value, as subscribers receive it. */
export interface KeptValue {
  readonly message: BrokerMessage
  /** The count of changes when it was delivered to subscribers; 0 for one that was read. */
  readonly seen: number
  /**
   * An older change that was delivered to subscribers after the value had been read. The value
   * itself is still on its way to them.
   */
  readonly heard?: BrokerMessage
}

/** A subscriber that reads the values. */
export interface ValueReader {
  /** The values are complete: all that were acknowledged before it asked are among them. */
  ready(): void
  /** Messages were lost. The reader asks again when it has notified its client. */
  pause(): void
  /** The values can't be read. */
  failed(error: WildcastError): void
}

/** The size of a page of the store. */
const page = { values: 1000, bytes: 1024 * 1024 }

/**
 * The values of a pattern, for the subscribers that read them. They are read from the store once,
 * and then follow the changes that subscribers receive.
 */
export class KeptValues {
  readonly #options: KeptValuesOptions
  readonly #values: Map<Subject, KeptValue> = new Map()
  /**
   * While values are read from the store: the revisions of deletions, since a page may still have
   * the deleted value.
   */
  #deleted: Map<string, string> | undefined
  #changes = 0
  #bytes = 0
  /** Made when first read. */
  #tally: MemberTally | undefined
  #isFilled = false
  /** Increases when the values must be read again, so that earlier reads are ignored. */
  #fill = 0
  readonly #readers: Set<ValueReader> = new Set()
  /** Readers that wait for the next mark. */
  #waiting: Set<ValueReader> = new Set()
  #isMarking = false

  constructor(options: KeptValuesOptions) {
    this.#options = options
  }

  /** The number of changes so far. */
  get changes(): number {
    return this.#changes
  }

  get isUnused(): boolean {
    return this.#readers.size === 0
  }

  /** The number of members, if these are the values of a presence. */
  get members(): number {
    if (!this.#tally) {
      this.#tally = new MemberTally()
      for (const subject of this.#values.keys()) this.#tally.add(subject)
    }
    return this.#tally.size
  }

  /** The values, in the order in which they were set. Values that are set meanwhile come last. */
  [Symbol.iterator](): Iterator<KeptValue> {
    return this.#values.values()
  }

  /** Calls `ready` when all values that were acknowledged before are here. */
  ask(reader: ValueReader): void {
    const isFirst = this.isUnused
    this.#readers.add(reader)
    this.#waiting.add(reader)
    if (isFirst && !this.#isFilled) this.refill()
    else this.#markSoon()
  }

  leave(reader: ValueReader): void {
    this.#readers.delete(reader)
    this.#waiting.delete(reader)
    if (this.isUnused) this.#forget()
  }

  /**
   * Subscribers receive a change now. Returns what they may have of the value until then; undefined
   * if nothing, or if they are about to receive all values again.
   */
  observe(message: BrokerMessage): BrokerMessage | undefined {
    const { revision = '' } = message
    if (this.isUnused) return undefined
    const subject = message.subject as Subject
    this.#changes++
    const present = this.#values.get(subject)
    if (present && isNewer(present.message, revision)) {
      this.#values.set(subject, { ...present, heard: message })
      return present.heard
    }
    if (message.deleted) {
      this.#deleted?.set(subject, revision)
      this.#delete(subject)
    } else this.#set(subject, { message, seen: this.#changes })
    return present?.heard ?? present?.message
  }

  /** Reads all values from the store: at first, and when changes were lost. */
  refill(): void {
    if (this.isUnused) return
    const readers = [...this.#readers]
    const waiting = this.#waiting
    this.#forget()
    this.#waiting = waiting
    for (const reader of readers) if (!waiting.has(reader)) reader.pause()
    this.#deleted = new Map()
    const fill = this.#fill
    this.#read(fill).then(
      () => this.#filled(fill),
      (cause) => this.#failed(fill, cause),
    )
  }

  /** Ends all readers. */
  fail(error: WildcastError): void {
    const readers = [...this.#readers]
    this.#readers.clear()
    this.#waiting.clear()
    this.#forget()
    for (const reader of readers) reader.failed(error)
  }

  async #read(fill: number): Promise<void> {
    const { store, pattern } = this.#options
    let after: Subject | undefined
    do {
      const { values, next } = await store.page(pattern, { ...page, after })
      for (const value of values) if (this.#fill === fill) this.#add(value)
      after = next
      if (next !== undefined) await this.#turn()
    } while (after !== undefined && this.#fill === fill)
  }

  /** Resolves in the next turn: a store in memory has each page at once. */
  #turn(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.endOfTurn(resolve))
  }

  #filled(fill: number): void {
    if (this.#fill !== fill) return
    this.#isFilled = true
    this.#deleted = undefined
    this.#markSoon()
  }

  /** One mark serves all readers that ask in a turn. */
  #markSoon(): void {
    if (!this.#isFilled || this.#isMarking || this.#waiting.size === 0) return
    this.#isMarking = true
    const { clock, store } = this.#options
    clock.endOfTurn(() => {
      const fill = this.#fill
      const readers = this.#waiting
      this.#waiting = new Set()
      Promise.resolve()
        .then(() => (this.#isFilled ? store.mark() : undefined)) // a store may also throw
        .then(
          () => this.#marked(fill, readers),
          (cause) => {
            for (const reader of readers) this.#waiting.add(reader)
            this.#failed(fill, cause)
          },
        )
        .finally(() => {
          this.#isMarking = false
          this.#markSoon()
        })
    })
  }

  #marked(fill: number, readers: ReadonlySet<ValueReader>): void {
    for (const reader of readers) {
      if (!this.#readers.has(reader)) continue
      if (this.#fill === fill && this.#isFilled) reader.ready()
      else this.#waiting.add(reader)
    }
  }

  /** Without a link the values are read again when it is back. */
  #failed(fill: number, cause: unknown): void {
    const error = WildcastError.from(cause)
    if (this.#fill !== fill) return
    if (error.code === 'broker_down' || error.code === 'interrupted') this.#isFilled = false
    else this.fail(error)
  }

  /** A value of a page. It may be newer or older than what subscribers have received. */
  #add({ subject, payload, revision, headers, user, beside, expiresAt }: StoredValue): void {
    const present = this.#values.get(subject)
    const deleted = this.#deleted?.get(subject)
    const read = revision ?? '' // without revisions, what was delivered is the newer one
    if (deleted !== undefined && deleted >= read) return
    if (present && (present.message.revision ?? '') >= read) return
    const message: BrokerMessage = { subject, payload, revision, headers, user, beside, expiresAt }
    this.#set(subject, { message, seen: present?.seen ?? 0 })
  }

  #set(subject: Subject, value: KeptValue): void {
    const { room } = this.#options
    const before = this.#values.get(subject)
    const bytes = sizeInMemory(value.message) - (before ? sizeInMemory(before.message) : 0)
    if (room.used + bytes > room.limit) {
      this.fail(valuesTooLarge(room.limit))
      return
    }
    this.#weigh(bytes)
    if (!before) this.#tally?.add(subject)
    this.#values.set(subject, value)
  }

  #delete(subject: Subject): void {
    const before = this.#values.get(subject)
    if (!before) return
    this.#weigh(-sizeInMemory(before.message))
    this.#tally?.remove(subject)
    this.#values.delete(subject)
  }

  #weigh(bytes: number): void {
    this.#bytes += bytes
    this.#options.room.used += bytes
  }

  #forget(): void {
    this.#fill++
    this.#isFilled = false
    this.#deleted = undefined
    this.#values.clear()
    this.#tally = undefined
    this.#weigh(-this.#bytes)
  }
}

function isNewer({ revision = '' }: BrokerMessage, other: string): boolean {
  return revision > other
}
