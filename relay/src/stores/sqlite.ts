import type { BrokerMessage, Pattern, Payload, Subject } from '@wildcast/protocol'
import type { Clock } from '../core/clock.js'
import { type HistoryRule, HistoryRules } from '../core/history-rules.js'
import type { HistoryStore } from '../core/history-store.js'
import type { Soon, StoredValue, ValuePage, ValuePageRequest, ValueWrite, Written } from '../core/store.js'
import { splitBeside, withBeside } from './beside-header.js'
import { changeOf, keptPosition, type StoredFields, userOf } from './change.js'
import type { StoreLimits } from './limits.js'
import type { LocalStore, OpenStore, Subscribers } from './local-store.js'
import type { FileWrite, Outcome } from './sqlite/file-write.js'
import { packWrites, unpackOutcome } from './sqlite/packed-writes.js'
import { errorFromThread, type StoreContents, type WriterCalls } from './sqlite/writer-messages.js'
import { closedError, WriterThread } from './sqlite/writer-thread.js'

export interface SqliteOptions {
  /** Its folder must exist. */
  readonly file: string
  readonly limits: StoreLimits
  readonly clock: Clock
  /** Which messages are kept. @default none */
  readonly rules?: readonly HistoryRule[] | undefined
  /** Called once, when the file is open. */
  onOpened?(contents: StoreContents): void
}

/**
 * A store in a file of SQLite, which a thread of its own has open. Writes that arrive during a
 * commit share the next one. See docs/state.md for what survives which failure.
 * @throws {StoreFileFault} by rejection of the call that opens it
 */
export function sqlite({ file, limits, clock, rules = [], onOpened }: SqliteOptions): OpenStore {
  return async (subscribers) => {
    const writer = new WriterThread({ file, limits, rules, clock, lost: (cause) => subscribers.lost(cause) })
    const contents = await writer.open()
    onOpened?.(contents)
    return new SqliteStore({ writer, clock, rules: new HistoryRules(rules) }, subscribers)
  }
}

/** A write that was not passed to the thread yet. */
interface Gathered {
  readonly write: FileWrite
  readonly message: BrokerMessage
  resolve(written: Written<string>): void
  reject(cause: Error): void
}

interface SqliteStorePorts {
  readonly writer: WriterThread
  readonly clock: Clock
  readonly rules: HistoryRules
}

class SqliteStore implements LocalStore {
  readonly history: HistoryStore | undefined
  readonly #writer: WriterThread
  readonly #clock: Clock
  readonly #subscribers: Subscribers
  readonly #rules: HistoryRules
  #gathered: Gathered[] = []
  /** Whether the thread commits: what is written meanwhile is passed to it at once, after that. */
  #isCommitting = false

  constructor({ writer, clock, rules }: SqliteStorePorts, subscribers: Subscribers) {
    this.#writer = writer
    this.#clock = clock
    this.#subscribers = subscribers
    this.#rules = rules
    if (rules.list.length > 0) this.history = this.#historyOf(writer)
  }

  write({ message, ifRevision, ttlMs, will, key }: ValueWrite): Promise<Written<string>> {
    const write: FileWrite = {
      ...fieldsOf(message),
      ...(ifRevision !== undefined && { ifRevision }),
      ...(ttlMs !== undefined && { ttlMs }),
      ...(will && { will: { ...will, payload: ownBytes(will.payload) } }),
      ...(key && { key }),
    }
    const expiresAt = ttlMs === undefined ? undefined : this.#clock.wall() + ttlMs
    return this.#gather(expiresAt === undefined ? message : { ...message, expiresAt }, write)
  }

  #gather(message: BrokerMessage, write: FileWrite): Promise<Written<string>> {
    // One message to the thread for all writes of a turn, or of a commit.
    if (this.#gathered.length === 0 && !this.#isCommitting) process.nextTick(() => this.#pass())
    return new Promise((resolve, reject) => this.#gathered.push({ write, message, resolve, reject }))
  }

  async read(subject: Subject): Promise<StoredValue | undefined> {
    const value = await this.#writer.call('read', { subject })
    return value && restored(value)
  }

  async page(pattern: Pattern, request: ValuePageRequest): Promise<ValuePage> {
    const page = await this.#writer.call('page', { pattern, request })
    return { ...page, values: page.values.map(restored) }
  }

  // A change is delivered before it is acknowledged.
  mark(): Soon<void> {
    return this.#writer.isClosed ? Promise.reject(closedError()) : this.#subscribers.delivered()
  }

  async renew(lease: string): Promise<void> {
    await this.#writer.call('renew', { lease, now: this.#clock.wall() })
  }

  async sweep(): Promise<void> {
    for (;;) {
      const { changes, more } = await this.#writer.call('sweep', { now: this.#clock.wall() })
      for (const { revision, ...message } of changes) this.#deliver(message, revision, false)
      if (!more) return
    }
  }

  #historyOf(writer: WriterThread): HistoryStore {
    return {
      rules: this.#rules,
      append: async (message, key) =>
        keptPosition(await this.#gather(message, { ...fieldsOf(message), append: true, ...(key && { key }) })),
      historyPage: async (pattern, request) => {
        const page = await writer.call('historyPage', { pattern, request })
        return { ...page, messages: page.messages.map(restored) }
      },
      historyState: (pattern, position) => writer.call('historyState', { pattern, position }),
      forget: async () => {
        while (await writer.call('forget', { now: this.#clock.wall() })) {}
      },
    }
  }

  close(): Promise<void> {
    this.#pass()
    return this.#writer.close()
  }

  #pass(): void {
    const gathered = this.#gathered
    if (gathered.length === 0) return
    this.#gathered = []
    const given: WriterCalls['write']['given'] = {
      packed: packWrites(gathered.map(({ write }) => write)),
      now: this.#clock.wall(),
    }
    this.#isCommitting = true
    this.#writer.call('write', given).then(
      (outcomes) => {
        this.#committed()
        for (const [i, outcome] of outcomes.entries()) this.#settle(gathered[i] as Gathered, unpackOutcome(outcome))
      },
      (cause) => {
        this.#committed()
        for (const { reject } of gathered) reject(cause)
      },
    )
  }

  /** Passes what was written during the commit, before its outcomes cause more. */
  #committed(): void {
    this.#isCommitting = false
    this.#pass()
  }

  #settle({ message, write, resolve, reject }: Gathered, outcome: Outcome): void {
    if (outcome.kind === 'failed') {
      reject(errorFromThread(outcome.failure))
      return
    }
    if (outcome.kind === 'written' && !outcome.repeated) this.#deliver(message, outcome.revision, write.append === true)
    resolve(outcome)
  }

  #deliver(message: BrokerMessage, number: string, isAppended: boolean): void {
    const position = this.#rules.of(message.subject) === undefined ? undefined : number
    const fields: StoredFields = isAppended
      ? { position }
      : { position, revision: number, ...(message.payload.length === 0 && { deleted: true }) }
    const payload = fields.deleted ? '' : message.payload
    this.#subscribers.deliver(changeOf({ ...message, payload }, fields))
  }
}

/** Returns what the file keeps of a message. */
function fieldsOf(message: BrokerMessage): FileWrite {
  const { subject, payload } = message
  const headers = withBeside(message.headers, message.beside)
  const user = userOf(message)
  return {
    subject: subject as Subject,
    payload: ownBytes(payload),
    ...(headers && { headers }),
    ...(user !== undefined && { user }),
  }
}

/** Returns a value or message of the file as it was published. */
function restored<Stored extends Pick<StoredValue, 'headers' | 'beside'>>(stored: Stored): Stored {
  if (!stored.headers) return stored
  const { headers, beside } = splitBeside(stored.headers)
  return beside ? { ...stored, headers: headers.length > 0 ? headers : undefined, beside } : stored
}

/** Copies bytes that share a buffer: the thread would get the whole buffer. */
function ownBytes(payload: Payload): Payload {
  const isShared = typeof payload !== 'string' && payload.byteLength !== payload.buffer.byteLength
  return isShared ? new Uint8Array(payload) : payload
}
