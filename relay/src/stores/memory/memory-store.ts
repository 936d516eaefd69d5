import { type BrokerMessage, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { HistoryRule } from '../../core/history-rules.js'
import type { HistoryStore } from '../../core/history-store.js'
import type { PublishKey } from '../../core/publish-key.js'
import type {
  Soon,
  StoredValue,
  StoredWill,
  ValuePage,
  ValuePageRequest,
  ValueWrite,
  Written,
} from '../../core/store.js'
import { changeOf, keptPosition, type StoredFields, storedMessageOf, userOf } from '../change.js'
import { defaultStoreLimits, type StoreLimits, storageFull } from '../limits.js'
import type { LocalStore, OpenStore, Subscribers } from '../local-store.js'
import { type Deadline, Deadlines, newDeadline } from './deadlines.js'
import { Leases } from './leases.js'
import { MemoryHistory } from './memory-history.js'
import { PageTurns } from './page-turns.js'
import { pageOfSorted, type Sized } from './pages.js'
import { RememberedKeys } from './remembered-keys.js'
import { Revisions } from './revisions.js'
import { SortedSubjects } from './sorted-subjects.js'
import { ownPayload, sizeOfValue } from './value-size.js'

export interface MemoryStorePorts {
  readonly clock: Clock
  /** @default 100,000 values, 256 MiB */
  readonly limits?: Partial<StoreLimits> | undefined
  /**
   * Whether wills have leases: if the store outlives its relays. @default false: it ignores wills
   */
  readonly leases?: boolean | undefined
  /** Which messages are kept. @default none */
  readonly rules?: readonly HistoryRule[] | undefined
}

/** A value, and what a later write of its subject cancels. */
interface Kept extends Sized {
  value: StoredValue
  bytes: number
  expiry: Deadline | undefined
  cancelWill: (() => void) | undefined
}

/**
 * Keeps values in memory. A write and its delivery are one step: the result is there at once, and
 * subscribers have the change, unless a delivery is in progress, which ends first.
 */
export function memoryStore(ports: MemoryStorePorts): OpenStore {
  return (subscribers) => new MemoryStore(ports, subscribers)
}

class MemoryStore implements LocalStore {
  readonly history: HistoryStore | undefined
  readonly renew?: (lease: string) => Promise<void>
  readonly #subscribers: Subscribers
  readonly #clock: Clock
  readonly #limits: StoreLimits
  readonly #deadlines: Deadlines
  readonly #leases: Leases | undefined
  readonly #numbers: Revisions
  readonly #log: MemoryHistory | undefined
  readonly #kept: Map<Subject, Kept> = new Map()
  readonly #sorted: SortedSubjects = new SortedSubjects()
  readonly #pages: PageTurns
  readonly #keys: RememberedKeys
  #bytes = 0
  #closed = false

  constructor({ clock, limits, leases = false, rules = [] }: MemoryStorePorts, subscribers: Subscribers) {
    this.#subscribers = subscribers
    this.#clock = clock
    this.#limits = { ...defaultStoreLimits, ...limits }
    this.#deadlines = new Deadlines(clock)
    this.#pages = new PageTurns(clock)
    this.#numbers = new Revisions(clock)
    this.#keys = new RememberedKeys(clock)
    if (rules.length > 0) {
      const freed = (bytes: number): void => {
        this.#bytes -= bytes
      }
      const log = new MemoryHistory({ rules, clock, deadlines: this.#deadlines, freed })
      this.#log = log
      this.history = this.#historyOf(log)
    }
    if (!leases) return
    const all = new Leases(this.#deadlines, (subject, will) => this.#fulfil(subject, will))
    this.#leases = all
    this.renew = async (lease) => {
      if (this.#closed) throw closedError()
      all.renew(lease)
    }
  }

  write(write: ValueWrite): Soon<Written> {
    if (this.#closed) return Promise.reject(closedError())
    return this.#keys.once(write.key, () => this.#write(write))
  }

  #write(write: ValueWrite): Soon<Written<string>> {
    const { message, ifRevision } = write
    const present = this.#kept.get(message.subject as Subject)
    if (ifRevision !== undefined && present?.value.revision !== (ifRevision ?? undefined))
      return { kind: 'refused', revision: present?.value.revision }
    if (message.payload.length === 0)
      return present ? { kind: 'written', revision: this.#delete(present, message) } : { kind: 'unchanged' }
    const bytes = sizeOfValue(write)
    const full = this.#refusal(bytes, present)
    return full ? Promise.reject(full) : { kind: 'written', revision: this.#put(write, bytes, present) }
  }

  read(subject: Subject): Soon<StoredValue | undefined> {
    return this.#closed ? Promise.reject(closedError()) : this.#kept.get(subject)?.value
  }

  page(pattern: Pattern, request: ValuePageRequest): Soon<ValuePage> {
    if (this.#closed) return Promise.reject(closedError())
    return this.#pages.run(() => pageOfSorted(this.#kept, this.#sorted, pattern, request))
  }

  mark(): Soon<void> {
    return this.#closed ? Promise.reject(closedError()) : this.#subscribers.delivered()
  }

  close(): void {
    this.#closed = true
    this.#deadlines.close()
  }

  #historyOf(log: MemoryHistory): HistoryStore {
    const closed = (): Promise<never> => Promise.reject(closedError())
    const numbers = this.#numbers
    return {
      rules: log.rules,
      append: (message, key) => (this.#closed ? closed() : this.#appendOnce(log, message, key)),
      historyPage: (pattern, request) =>
        this.#closed ? closed() : this.#pages.run(() => log.page(pattern, request, numbers.newest)),
      historyState: (pattern, position) =>
        this.#closed ? closed() : { ...log.state(pattern, numbers.newest), isKnown: numbers.isKnown(position) },
    }
  }

  #appendOnce(log: MemoryHistory, message: BrokerMessage, key: PublishKey | undefined): Soon<string> {
    const outcome = this.#keys.once(key, () => this.#append(log, message))
    return outcome instanceof Promise ? outcome.then(keptPosition) : keptPosition(outcome)
  }

  /** Keeps a message, and delivers it. */
  #append(log: MemoryHistory, message: BrokerMessage): Soon<Written<string>> {
    const bytes = sizeOfValue({ message })
    if (this.#bytes + log.needs(message.subject as Subject, bytes) > this.#limits.bytes)
      return Promise.reject(storageFull('bytes', this.#limits.bytes))
    const position = this.#numbers.next()
    this.#subscribers.deliver(changeOf(message, this.#keep(message, {}, position)))
    return { kind: 'written', revision: position }
  }

  /**
   * Keeps a message whose subject a rule names. A change of a value is never refused for its bytes.
   */
  #keep(message: BrokerMessage, fields: StoredFields, position = fields.revision): StoredFields {
    if (!position || !this.#log?.keeps(message.subject)) return fields
    const kept = { ...message, payload: ownPayload(message.payload) }
    this.#bytes += this.#log.add(storedMessageOf(kept, { ...fields, position }), sizeOfValue({ message }))
    return { ...fields, position }
  }

  #refusal(bytes: number, present: Kept | undefined): WildcastError | undefined {
    const most = this.#limits
    if (!present && this.#kept.size >= most.values) return storageFull('values', most.values)
    const total = this.#bytes + bytes - (present?.bytes ?? 0)
    return total > most.bytes ? storageFull('bytes', most.bytes) : undefined
  }

  /** Replaces a value, and delivers it. Returns its revision. */
  #put({ message, ttlMs, will }: ValueWrite, bytes: number, present: Kept | undefined): string {
    const subject = message.subject as Subject
    const revision = this.#numbers.next()
    const user = userOf(message)
    const expiry = ttlMs === undefined ? undefined : { expiresAt: this.#clock.wall() + ttlMs }
    const value: StoredValue = {
      subject,
      revision,
      payload: ownPayload(message.payload),
      headers: message.headers,
      user,
      ...(message.beside && { beside: message.beside }),
      ...expiry,
    }
    if (present) this.#release(present)
    const kept = present ?? this.#add(value)
    kept.value = value
    kept.bytes = bytes
    this.#bytes += bytes
    if (ttlMs !== undefined) this.#expire(kept, ttlMs)
    if (will) kept.cancelWill = this.#leases?.add(subject, { ...will, payload: ownPayload(will.payload) })
    const fields = this.#keep(message, { revision })
    this.#subscribers.deliver(changeOf(expiry ? { ...message, ...expiry } : message, fields))
    return revision
  }

  /** Deletes a value, and delivers the deletion. Returns its revision. */
  #delete(present: Kept, message: BrokerMessage): string {
    const { subject } = present.value
    const revision = this.#numbers.next()
    this.#release(present)
    this.#kept.delete(subject)
    this.#sorted.delete(subject)
    this.#subscribers.deliver(changeOf(message, this.#keep(message, { revision, deleted: true })))
    return revision
  }

  /** Ends what belongs to a value that is replaced. */
  #release(kept: Kept): void {
    this.#bytes -= kept.bytes
    if (kept.expiry) this.#deadlines.delete(kept.expiry)
    kept.expiry = undefined
    kept.cancelWill?.()
    kept.cancelWill = undefined
  }

  #add(value: StoredValue): Kept {
    const kept: Kept = { value, bytes: 0, expiry: undefined, cancelWill: undefined }
    this.#kept.set(value.subject, kept)
    this.#sorted.add(value.subject)
    return kept
  }

  #expire(kept: Kept, ttlMs: number): void {
    const { subject } = kept.value
    kept.expiry = newDeadline(() => this.#delete(kept, { subject, payload: '', expired: true }))
    this.#deadlines.set(kept.expiry, ttlMs)
  }

  /** Writes a will. It needs no room: its bytes have counted from the beginning. */
  #fulfil(subject: Subject, { payload }: StoredWill): void {
    const present = this.#kept.get(subject)
    if (!present) return
    const message: BrokerMessage = { subject, payload, user: present.value.user }
    if (payload.length === 0) this.#delete(present, message)
    else this.#put({ message }, sizeOfValue({ message }), present)
  }
}

function closedError(): WildcastError {
  return new WildcastError('broker_down', 'the broker was closed')
}
