import type { WebSocket } from 'ws'
import type { StoredValue } from '../../src/core/store.js'
import { endOf, openSocket } from './killed-relay.js'

/** A write of a subject: every seventh deletes. */
interface Sent {
  readonly index: number
  /** Set when it was acknowledged. */
  revision?: string
}

interface WriterFrame {
  readonly Ack?: { readonly ref: number; readonly revision?: string }
  readonly Error?: unknown
}

interface History {
  last: number
  /** From the last one that was surely stored. */
  sent: Sent[]
}

const subjects = 5
const mostInFlight = 8
const deletes = (index: number): boolean => index % 7 === 0

/** A client that writes values as fast as they are acknowledged, and keeps what it was promised. */
export class StoreWriter {
  acks = 0
  newest = ''
  readonly #name: string
  readonly #random: () => number
  readonly #histories: Map<string, History> = new Map()
  readonly #inFlight: Map<number, Sent> = new Map()
  readonly #faults: string[] = []
  #socket: WebSocket | undefined
  #ref = 0

  constructor(name: string, random: () => number) {
    this.#name = name
    this.#random = random
  }

  /** Writes until the relay ends. Every revision must be greater than `before`. */
  async begin(url: string, before: string): Promise<void> {
    this.acks = 0
    if (before > this.newest) this.newest = before
    this.#socket = await openSocket<WriterFrame>(url, (frame) => this.#receive(frame))
    for (let i = 0; i < mostInFlight; i++) this.#write()
  }

  async end(): Promise<void> {
    await endOf(this.#socket)
    this.#inFlight.clear()
  }

  /** Compares what is stored with what was acknowledged. */
  faults(values: ReadonlyMap<string, StoredValue>): readonly string[] {
    const lost = [...this.#histories].flatMap(([subject, { sent }]) => {
      const acknowledged = sent.filter(({ revision }) => revision !== undefined).at(-1)
      const found = storedIn(values.get(subject), sent)
      const expected = `${subject}: ${acknowledged?.index} was acknowledged with ${acknowledged?.revision}`
      if (!found) return acknowledged ? [`${expected}, and the value is of none that was sent since`] : []
      if (acknowledged && found.index < acknowledged.index) return [`${expected}, but ${found.index} is stored`]
      const { revision = '' } = values.get(subject) ?? {}
      const isSame = found === acknowledged
      if (revision !== '' && isSame && revision !== found.revision) return [`${expected}, but ${revision} is stored`]
      return revision !== '' && !isSame && revision <= (acknowledged?.revision ?? '')
        ? [`${expected}, and ${found.index} is stored with ${revision}`]
        : []
    })
    return [...this.#faults, ...lost]
  }

  /** The next writes follow what is stored. */
  continueFrom(values: ReadonlyMap<string, StoredValue>): void {
    for (const [subject, history] of this.#histories) {
      const value = values.get(subject)
      const { revision = '' } = value ?? {}
      if (revision > this.newest) this.newest = revision
      const found = storedIn(value, history.sent)
      history.sent = found ? [{ index: found.index, revision: revision || (found.revision ?? '') }] : []
    }
  }

  #write(): void {
    const subject = `${this.#name}.${Math.floor(this.#random() * subjects)}`
    const history = this.#histories.get(subject) ?? { last: 0, sent: [] }
    this.#histories.set(subject, history)
    const sent: Sent = { index: ++history.last }
    history.sent.push(sent)
    const ref = ++this.#ref
    this.#inFlight.set(ref, sent)
    const message = deletes(sent.index) ? '' : `${sent.index}`
    this.#socket?.send(JSON.stringify({ Publish: { ref, subject, message, retain: true } }))
  }

  #receive(frame: WriterFrame): void {
    if (frame.Error) this.#faults.push(JSON.stringify(frame))
    if (!frame.Ack) return
    const { ref, revision } = frame.Ack
    const sent = this.#inFlight.get(ref)
    if (!sent) return
    this.#inFlight.delete(ref)
    // A deletion of what is not there has no revision.
    sent.revision = revision ?? ''
    if (revision !== undefined && revision <= this.newest) this.#faults.push(`${revision} came after ${this.newest}`)
    if (revision !== undefined) this.newest = revision
    this.acks++
    this.#write()
  }
}

/** The write that a value is of. Without a value, the last one that deletes. */
function storedIn(value: StoredValue | undefined, sent: readonly Sent[]): Sent | undefined {
  return value
    ? sent.find(({ index }) => String(index) === value.payload)
    : sent.filter(({ index }) => deletes(index)).at(-1)
}
