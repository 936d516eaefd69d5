import type { BrokerMessage, Pattern, Payload, Subject } from '@wildcast/protocol'
import type { Clock } from '../core/clock.js'
import type { Soon, StoredValue, ValuePage, ValuePageRequest, ValueWrite, Written } from '../core/store.js'
import type { StoreLimits } from './limits.js'
import type { LocalStore, OpenStore, Subscribers } from './local-store.js'
import type { StoreContents } from './sqlite/value-table.js'
import { errorFromThread, type FileWrite, type Outcome, type WriterCalls } from './sqlite/writer-messages.js'
import { closedError, WriterThread } from './sqlite/writer-thread.js'

export interface SqliteOptions {
  /** Its folder must exist. */
  readonly file: string
  readonly limits: StoreLimits
  readonly clock: Clock
  /** Called once, when the file is open. */
  onOpened?(contents: StoreContents): void
}

/**
 * A store in a file of SQLite, which a thread of its own has open. Writes that arrive during a
 * commit share the next one. See docs/state.md for what survives which failure.
 * @throws {StoreFileFault} by rejection of the call that opens it
 */
export function sqlite({ file, limits, clock, onOpened }: SqliteOptions): OpenStore {
  return async (subscribers) => {
    const writer = new WriterThread({ file, limits, clock, lost: (cause) => subscribers.lost(cause) })
    const contents = await writer.open()
    onOpened?.(contents)
    return new SqliteStore(writer, clock, subscribers)
  }
}

/** A write that was not passed to the thread yet. */
interface Gathered {
  readonly write: FileWrite
  readonly message: BrokerMessage
  resolve(written: Written): void
  reject(cause: Error): void
}

class SqliteStore implements LocalStore {
  readonly #writer: WriterThread
  readonly #clock: Clock
  readonly #subscribers: Subscribers
  #gathered: Gathered[] = []
  /** Whether the thread commits: what is written meanwhile is passed to it at once, after that. */
  #isCommitting = false

  constructor(writer: WriterThread, clock: Clock, subscribers: Subscribers) {
    this.#writer = writer
    this.#clock = clock
    this.#subscribers = subscribers
  }

  write({ message, ifRevision, ttlMs, will }: ValueWrite): Promise<Written> {
    const { headers, user = message.from?.user } = message
    // Without absent fields, whose names would cross to the thread, too.
    const write: FileWrite = {
      subject: message.subject as Subject,
      payload: ownBytes(message.payload),
      ...(headers && { headers }),
      ...(user !== undefined && { user }),
      ...(ifRevision !== undefined && { ifRevision }),
      ...(ttlMs !== undefined && { ttlMs }),
      ...(will && { will: { ...will, payload: ownBytes(will.payload) } }),
    }
    // One message to the thread for all writes of a turn, or of a commit.
    if (this.#gathered.length === 0 && !this.#isCommitting) process.nextTick(() => this.#pass())
    return new Promise((resolve, reject) => this.#gathered.push({ write, message, resolve, reject }))
  }

  read(subject: Subject): Promise<StoredValue | undefined> {
    return this.#writer.call('read', { subject })
  }

  page(pattern: Pattern, request: ValuePageRequest): Promise<ValuePage> {
    return this.#writer.call('page', { pattern, request })
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
      for (const { revision, ...message } of changes) this.#deliver(message, revision)
      if (!more) return
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
      writes: gathered.map(({ write }) => write),
      now: this.#clock.wall(),
    }
    this.#isCommitting = true
    this.#writer.call('write', given).then(
      (outcomes) => {
        this.#committed()
        for (const [i, outcome] of outcomes.entries()) this.#settle(gathered[i] as Gathered, outcome)
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

  #settle({ message, resolve, reject }: Gathered, outcome: Outcome): void {
    if (outcome.kind === 'failed') {
      reject(errorFromThread(outcome.failure))
      return
    }
    const { user = message.from?.user } = message
    if (outcome.kind === 'written') this.#deliver({ ...message, user }, outcome.revision)
    resolve(outcome)
  }

  #deliver(message: Omit<BrokerMessage, 'revision'>, revision: string): void {
    const deleted = message.payload.length === 0 && { payload: '', deleted: true as const }
    this.#subscribers.deliver({ ...message, revision, ...deleted })
  }
}

/** Copies bytes that share a buffer: the thread would get the whole buffer. */
function ownBytes(payload: Payload): Payload {
  const isShared = typeof payload !== 'string' && payload.byteLength !== payload.buffer.byteLength
  return isShared ? new Uint8Array(payload) : payload
}
