import { type Beside, type BrokerMessage, type Headers, type Pattern, parsePattern } from '@wildcast/protocol'
import type { Broker } from '../core/broker.js'
import type { HistoryRule } from '../core/history-rules.js'
import type { HistoryStore } from '../core/history-store.js'
import type { StoredValue, ValuePageRequest, ValueStore, ValueWrite, Written } from '../core/store.js'
import { subject } from './broker-under-test.js'

/** The limits of a store in a test. */
export interface LimitsInTest {
  readonly values?: number
  readonly bytes?: number
}

/** An ability that a store may lack. Conditions need revisions. For keys see docs/delivery.md. */
export type Lack = 'revisions' | 'users' | 'ttl' | 'limits' | 'reserved subjects' | 'exact keys'

/** A kind of store. Its contract gates tests by these properties. */
export interface StoreUnderTest {
  /** Opens a store for one test: empty, and closed when the test has finished. */
  readonly open: (limits?: LimitsInTest, rules?: readonly HistoryRule[]) => Promise<OpenedStore>
  /**
   * Whether the rules of its history are kept exactly. Others may keep more messages for a while.
   * @default false
   */
  readonly exact?: boolean
  /**
   * Whether each rule of its history is kept by itself, apart from values and from other rules, and
   * its number counts the messages of all subjects. @default false
   */
  readonly byRule?: boolean
  /** Its missing abilities. @default none */
  readonly lacks?: readonly Lack[]
  /** Whether several relays share the store. @default false */
  readonly shared?: boolean
  /** Whether wills have leases (`ValueStore.renew`). @default false */
  readonly leased?: boolean
  /**
   * Whether values outlive the process of the store: then `OpenedStore.restart` is present.
   * @default false
   */
  readonly durable?: boolean
}

/** The store of one test. */
export interface OpenedStore {
  /**
   * Opens a relay's broker on this store, which closes when the test has finished. A store that is
   * not shared is opened once, and once more after `restart`.
   */
  relay(): Promise<Broker>
  /**
   * Advances the clock of the store by `ms`. A store with a clock of its own waits, or moves its
   * stored times back by `ms`. The contract calls `sweep` after it.
   */
  pass(ms: number): Promise<void>
  /** Kills the process of the store and starts it again. */
  restart?(): Promise<void>
}

/** A write of a test: a payload, and what is unusual. */
export interface WriteInTest extends Omit<ValueWrite, 'message'> {
  readonly headers?: Headers
  readonly user?: string
  readonly beside?: Beside
}

/** Returns the history that a broker offers. */
export function historyOf(broker: Broker): HistoryStore {
  if (!broker.history) throw new Error('the broker offers no history')
  return broker.history
}

/** Returns the store that a broker offers. */
export function valuesOf(broker: Broker): ValueStore {
  if (!broker.values) throw new Error('the broker offers no store')
  return broker.values
}

/** Writes a value. */
export async function write(
  broker: Broker,
  to: string,
  payload: string | Uint8Array,
  { headers, user, beside, ...rest }: WriteInTest = {},
): Promise<Written> {
  const from = user === undefined ? undefined : { session: 's', user }
  const message: BrokerMessage = { subject: subject(to), payload, headers, from, beside }
  return valuesOf(broker).write({ message, ...rest })
}

/** Writes a value. Resolves with its revision. @throws if it was not written */
export async function revisionOfWrite(
  broker: Broker,
  to: string,
  payload: string | Uint8Array,
  rest?: WriteInTest,
): Promise<string> {
  const written = await write(broker, to, payload, rest)
  const revision = written.kind === 'written' ? written.revision : undefined
  if (revision === undefined) throw new Error(`the write was ${written.kind}, without a revision`)
  return revision
}

/** Whether a message is a value. */
export function isValue({ revision, retained }: BrokerMessage): boolean {
  return revision !== undefined || retained === true
}

/** Reads a value. */
export async function read(broker: Broker, from: string): Promise<StoredValue | undefined> {
  return valuesOf(broker).read(subject(from))
}

/** Reads all values of a pattern, page by page. */
export async function readAll(
  broker: Broker,
  of: string,
  { values = 100, bytes = 1024 * 1024 }: Partial<ValuePageRequest> = {},
): Promise<StoredValue[][]> {
  const pattern: Pattern = parsePattern(of)
  const pages: StoredValue[][] = []
  let after: ValuePageRequest['after']
  do {
    const page = await valuesOf(broker).page(pattern, { after, values, bytes })
    pages.push([...page.values])
    after = page.next
  } while (after !== undefined)
  return pages
}

/** Returns the subjects of all values of a pattern. */
export async function subjectsOf(broker: Broker, pattern: string): Promise<string[]> {
  return (await readAll(broker, pattern)).flat().map((value) => value.subject)
}

/** Advances the clock of a store, and lets its relays do what is due. */
export async function pass(store: OpenedStore, ms: number, ...relays: readonly Broker[]): Promise<void> {
  await store.pass(ms)
  await Promise.all(relays.flatMap((broker) => [broker.values?.sweep?.(), broker.history?.forget?.()]))
}
