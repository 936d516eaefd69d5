import type { WildcastError } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import type { Dropped } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { Sink } from '../foreign/driver.js'
import { AckQueue } from './ack-queue.js'
import type { StreamEntry } from './entries.js'
import { isRefusal } from './failures.js'
import { GroupCommands, type GroupCommandsOptions } from './group-commands.js'
import { PendingEntries } from './pending-entries.js'
import type { Scripts } from './scripts.js'

export interface GroupConsumerOptions extends GroupCommandsOptions {
  readonly clock: Clock
}

/** The connection that a consumer works over. */
export interface ConsumerConnection {
  readonly redis: Redis
  readonly scripts: Scripts
  readonly sink: Sink
  /** Ends the connection if the failure has made it useless. */
  failed(cause: unknown): WildcastError
  dropped(why: Dropped): void
  /** The consumer has left its group. */
  left(): void
}

type State =
  /** Between two connections. */
  | { readonly phase: 'detached'; readonly connection?: undefined }
  /**
   * Renews its lease and reads its pending entries again. `othersLeft`: consumers have left
   * meanwhile, so it claims their entries afterwards.
   */
  | { readonly phase: 'joining'; readonly connection: ConsumerConnection; othersLeft: boolean }
  | Consuming
  /** Waits until its pending entries are settled, then leaves. Never joins again. */
  | { readonly phase: 'leaving'; readonly connection: ConsumerConnection | undefined }

interface Consuming {
  readonly phase: 'consuming'
  readonly connection: ConsumerConnection
  isReading: boolean
  /** There may be more to read. */
  hasMore: boolean
}

/** How long a consumer that leaves waits for the outcome of the entries that it has delivered. */
const leaveTimeoutMs = 5000
/** While this many acknowledgements wait for Redis, no more entries are read. */
const mostUnacknowledged = 1000
/** A count that reads all pending entries: more than can be pending or unacknowledged here. */
const allPending = 2 * mostUnacknowledged

/**
 * The consumer of this relay in a group: reads its share of the messages, and acknowledges those
 * that a subscriber has taken. It outlives a connection that breaks.
 */
export class GroupConsumer {
  readonly #options: GroupConsumerOptions
  readonly #commands: GroupCommands
  readonly #pending: PendingEntries
  readonly #acks: AckQueue
  #state: State = { phase: 'detached' }
  #stopRenewing: () => void = () => {}

  constructor(options: GroupConsumerOptions) {
    this.#options = options
    this.#commands = new GroupCommands(options)
    this.#acks = new AckQueue(options.group, options.keys, () => void this.#acknowledge())
    this.#pending = new PendingEntries({
      clock: options.clock,
      taken: (id) => this.#acks.add(id),
      released: () => this.#released(),
    })
  }

  /**
   * Joins the group, or resumes over a new connection.
   * @throws {WildcastError} `too_many_subscriptions`, or what a command failed with
   */
  async attach(connection: ConsumerConnection): Promise<void> {
    if (this.#state.phase === 'leaving') {
      connection.left()
      return
    }
    this.#state = { phase: 'joining', connection, othersLeft: false }
    try {
      await this.#renew(connection)
      // Includes the entries just claimed, and those in flight when the last connection broke.
      const pending = await this.#commands.read(connection, allPending, '0')
      // After the caller has confirmed the subscription: earlier deliveries would be refused.
      this.#options.clock.after(0, () => this.#begin(connection, pending))
    } catch (cause) {
      if (this.#state.connection === connection) this.detach()
      throw cause
    }
  }

  /** The connection has ended. Pending entries stay. */
  detach(): void {
    this.#state = this.#state.phase === 'leaving' ? { phase: 'leaving', connection: undefined } : { phase: 'detached' }
    this.#pending.offerTo(undefined)
    this.#stopRenewing()
  }

  /** There are new entries: reads them. */
  wake(): void {
    const state = this.#state
    if (state.phase !== 'consuming') return
    state.hasMore = true
    if (state.isReading) return
    state.isReading = true
    this.#readAll(state).catch((cause) => this.#recover(state.connection, cause))
  }

  /** Claims the pending entries of a consumer that has left. */
  claim(): void {
    const state = this.#state
    if (state.phase === 'joining') state.othersLeft = true
    else if (state.phase === 'consuming')
      this.#renewAndClaim(state.connection).catch((cause) => this.#recover(state.connection, cause))
  }

  /**
   * Stops reading. Leaves the group when all delivered entries are settled, or after
   * `leaveTimeoutMs`. Never rejects.
   */
  async leave(): Promise<void> {
    this.#state = { phase: 'leaving', connection: this.#state.connection }
    this.#pending.close()
    if (this.#pending.isEmpty) await this.leaveNow()
    else this.#options.clock.after(leaveTimeoutMs, () => void this.leaveNow())
  }

  /** Leaves the group; the other consumers claim its pending entries. Never rejects. */
  async leaveNow(): Promise<void> {
    const { connection } = this.#state
    this.#state = { phase: 'leaving', connection: undefined }
    if (!connection) return
    const acknowledged = this.#acks.flush(connection.redis)
    const left = this.#commands.leave(connection)
    this.detach()
    connection.left()
    // If this fails, the lease expires.
    await Promise.allSettled([acknowledged, left])
  }

  #begin(connection: ConsumerConnection, pending: readonly StreamEntry[]): void {
    const state = this.#state
    if (state.phase !== 'joining' || state.connection !== connection) return
    this.#state = { phase: 'consuming', connection, isReading: false, hasMore: false }
    this.#pending.offerTo(connection.sink)
    this.#addAll(connection, pending)
    void this.#acknowledge()
    if (state.othersLeft) this.claim()
    this.wake()
  }

  /** Renews the lease, and schedules the next renewal. Resolves with the claimed entries. */
  #renew(connection: ConsumerConnection): Promise<StreamEntry[]> {
    const { clock, leaseTimes } = this.#options
    this.#stopRenewing()
    this.#stopRenewing = clock.after(leaseTimes.renewEveryMs, () => {
      this.#renewAndRetry(connection).catch((cause) => this.#recover(connection, cause))
    })
    return this.#commands.renew(connection, this.#room)
  }

  async #renewAndClaim(connection: ConsumerConnection): Promise<void> {
    const room = this.#room
    const claimed = await this.#renew(connection)
    if (this.#state.connection !== connection) return
    this.#addAll(connection, claimed)
    if (claimed.length > 0 && claimed.length === room) this.claim()
  }

  /** Renews the lease, and retries what Redis has refused since. */
  async #renewAndRetry(connection: ConsumerConnection): Promise<void> {
    await this.#renewAndClaim(connection)
    await this.#acknowledge()
    this.wake()
  }

  /** How many more entries may be read. */
  get #room(): number {
    return this.#acks.size < mostUnacknowledged ? this.#pending.room : 0
  }

  async #readAll(state: Consuming): Promise<void> {
    try {
      while (state.hasMore && this.#state === state) {
        const room = this.#room
        if (room === 0) return // continues when an entry is released
        state.hasMore = false
        const entries = await this.#commands.read(state.connection, room, '>')
        if (entries.length === room) state.hasMore = true
        this.#addAll(state.connection, entries)
      }
    } finally {
      state.isReading = false
    }
  }

  /** Ends the connection if the failure has made it useless; else the next renewal tries again. */
  #recover(connection: ConsumerConnection, cause: unknown): void {
    if (this.#state.connection !== connection) return
    // The database was emptied: creates the group again.
    if (isRefusal(cause, 'NOGROUP'))
      this.#renewAndClaim(connection).then(
        () => this.wake(),
        (secondCause) => connection.failed(secondCause),
      )
    else connection.failed(cause)
  }

  #addAll(connection: ConsumerConnection, entries: readonly StreamEntry[]): void {
    for (const { id, message } of entries) {
      if (this.#acks.has(id)) continue
      if (message === 'foreign') connection.dropped('foreign_message')
      // An entry that can't be delivered is acknowledged at once.
      if (typeof message === 'string') this.#acks.add(id)
      else this.#pending.add(id, message)
    }
  }

  #released(): void {
    const state = this.#state
    if (state.phase === 'consuming' && state.hasMore) this.wake()
    else if (state.phase === 'leaving' && this.#pending.isEmpty) void this.leaveNow()
  }

  /**
   * Acknowledges the entries that were taken; the next renewal retries what Redis refuses. Does
   * nothing while joining: an entry that is acknowledged while the pending entries are read could
   * be among them, and would be delivered again.
   */
  async #acknowledge(): Promise<void> {
    const { phase, connection } = this.#state
    if (!connection || phase === 'joining') return
    await this.#acks.flush(connection.redis).catch((cause) => this.#recover(connection, cause))
  }
}
