import {
  type BrokerMessage,
  type ErrorCode,
  isExact,
  matches,
  type Pattern,
  type Payload,
  parseSubject,
  WildcastError,
} from '@wildcast/protocol'
import type { Features } from '../core/broker.js'
import { usedKey } from '../core/publish-key.js'
import { revisionOf, termAfter } from '../core/revision.js'
import type { StoredValue, ValuePage, ValueStore, ValueWrite, Written } from '../core/store.js'
import { type ScriptedBroker, scriptedBroker } from './scripted-broker.js'

type Method = 'write' | 'read' | 'renew' | 'page'

interface Failing {
  readonly method: Method
  readonly code: ErrorCode
}

/** A store whose failures and delays a test controls. It has one page. */
export interface ScriptedStore extends ValueStore {
  /** The relay's calls, in order, such as `write a` or `renew r.1`. */
  readonly log: string[]
  /** The writes that had an effect, in order: `subject=payload`. */
  readonly written: string[]
  /** Writes as another relay does. Returns the revision. */
  set(subject: string, payload: Payload): string
  /** Returns the payload of a value. */
  get(subject: string): Payload | undefined
  /**
   * Fails the next calls of a method. `interrupted` comes after the write is done;
   * `condition_failed` refuses a write whose condition holds.
   */
  fail(method: Method, code: ErrorCode, times?: number): void
  /** Holds calls, before they have an effect, until the returned function is called. */
  hold(): () => void
  /** The same, after they have an effect. */
  holdAnswers(): () => void
  /** Runs before each of the next writes of the relay has an effect, as another relay's write. */
  between(times: number, run: () => void): void
  /** Loses the next change: the broker's subscribers don't receive it. */
  mute(): void
  /** Ends a lease, as when it was not renewed: its wills are written. */
  expire(lease: string): void
}

export interface StoreBroker {
  readonly broker: ScriptedBroker
  readonly store: ScriptedStore
}

const valueFeatures: Partial<Features> = { retained: true, conditional: true, ttl: true, presence: true }

/** Opens a scripted broker with a scripted store. `leased`: its wills need leases. */
export function storeBroker({ leased = false }: { leased?: boolean | undefined } = {}): StoreBroker {
  const store = new Scripted((change) => broker.change(change))
  const { write, read, page, mark, renew } = store
  const values: ValueStore = { write, read, page, mark, ...(leased && { renew }) }
  const broker = scriptedBroker(valueFeatures, values)
  return { broker, store }
}

class Scripted implements ScriptedStore {
  readonly log: string[] = []
  readonly written: string[] = []
  readonly #deliver: (change: BrokerMessage) => void
  readonly #values: Map<string, StoredValue & Pick<ValueWrite, 'will'>> = new Map()
  readonly #keys: Map<string, { readonly fingerprint: string; readonly written: Written<string> }> = new Map()
  readonly #failures: Failing[] = []
  readonly #term = termAfter(undefined, 1, 0)
  #count = 0
  #gate: Promise<void> | undefined
  #answerGate: Promise<void> | undefined
  #isMute = false
  #between: (() => void)[] = []

  constructor(deliver: (change: BrokerMessage) => void) {
    this.#deliver = deliver
  }

  readonly write = (write: ValueWrite): Written | Promise<Written> =>
    this.#call('write', write.message.subject, () => {
      this.#between.pop()?.()
      return this.#isRefused() ? { kind: 'refused', revision: undefined } : this.#once(write)
    })

  readonly read = (subject: string): StoredValue | undefined | Promise<StoredValue | undefined> =>
    this.#call('read', subject, () => this.#values.get(subject))

  readonly renew = async (lease: string): Promise<void> => this.#call('renew', lease, () => {})

  readonly page = async (pattern: Pattern): Promise<ValuePage> =>
    this.#call('page', pattern, () => ({
      values: [...this.#values.values()].filter(({ subject }) => matches(pattern, subject)),
    }))

  readonly mark = (): void => {}

  set(subject: string, payload: Payload): string {
    const written = this.#apply({ message: { subject: parseSubject(subject), payload } })
    return written.kind === 'written' ? written.revision : ''
  }

  get(subject: string): Payload | undefined {
    return this.#values.get(subject)?.payload
  }

  fail(method: Method, code: ErrorCode, times = 1): void {
    for (let i = 0; i < times; i++) this.#failures.push({ method, code })
  }

  hold(): () => void {
    return closed((gate) => {
      this.#gate = gate
    })
  }

  holdAnswers(): () => void {
    return closed((gate) => {
      this.#answerGate = gate
    })
  }

  between(times: number, run: () => void): void {
    this.#between = Array(times).fill(run)
  }

  mute(): void {
    this.#isMute = true
  }

  expire(lease: string): void {
    for (const { subject, will } of [...this.#values.values()])
      if (will?.lease === lease) this.#apply({ message: { subject, payload: will.payload } })
  }

  #call<Result>(method: Method, what: string, run: () => Result): Result | Promise<Result> {
    this.log.push(`${method} ${what}`)
    const [gate, answerGate] = [this.#gate, this.#answerGate]
    if (gate !== undefined) return gate.then(() => this.#attempt(method, run))
    const result = this.#attempt(method, run)
    return answerGate === undefined ? result : answerGate.then(() => result)
  }

  #isRefused(): boolean {
    return this.#failure(({ code }) => code === 'condition_failed') !== undefined
  }

  #failure(is: (failure: Failing) => boolean): Failing | undefined {
    const index = this.#failures.findIndex(is)
    return index < 0 ? undefined : this.#failures.splice(index, 1)[0]
  }

  #attempt<Result>(method: Method, run: () => Result): Result {
    const failure = this.#failure((one) => one.method === method && one.code !== 'condition_failed')
    if (failure?.code === 'interrupted') run()
    if (failure) throw new WildcastError(failure.code, 'as the test wants')
    return run()
  }

  /** Remembers keys for ever. */
  #once(write: ValueWrite): Written<string> {
    const { key } = write
    const known = key && this.#keys.get(key.name)
    if (known && known.fingerprint !== key.fingerprint) throw usedKey()
    if (known) return known.written.kind === 'written' ? { ...known.written, repeated: true } : known.written
    const written = this.#apply(write)
    if (key && written.kind !== 'refused') this.#keys.set(key.name, { fingerprint: key.fingerprint, written })
    return written
  }

  #apply({ message, ifRevision, will }: ValueWrite): Written<string> {
    const { subject, payload, headers, from } = message
    if (!isExact(subject)) throw new TypeError('a value has one subject')
    const present = this.#values.get(subject)
    if (ifRevision !== undefined && ifRevision !== (present?.revision ?? null))
      return { kind: 'refused', revision: present?.revision }
    const deleted = payload.length === 0
    if (deleted && !present) return { kind: 'unchanged' }
    const revision = revisionOf(this.#term, ++this.#count)
    if (deleted) this.#values.delete(subject)
    else this.#values.set(subject, { subject, revision, payload, headers, user: from?.user, will })
    this.written.push(`${subject}=${String(payload)}`)
    const isMute = this.#isMute
    this.#isMute = false
    if (!isMute) this.#deliver({ ...message, revision, ...(deleted && { deleted: true }) })
    return { kind: 'written', revision }
  }
}

/** Closes a gate. Returns the function that opens it. */
function closed(set: (gate: Promise<void> | undefined) => void): () => void {
  let release = (): void => {}
  set(
    new Promise((resolve) => {
      release = () => {
        set(undefined)
        resolve()
      }
    }),
  )
  return release
}
