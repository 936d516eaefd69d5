import { WildcastError } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import type { Dropped } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { Sink } from '../foreign/driver.js'
import { type Entry, entriesOf } from './entries.js'
import { commandFailure, isRefusal } from './failures.js'
import { Hand } from './hand.js'
import type { GroupKeys } from './keys.js'
import { leaveScript, stayScript } from './queue-scripts.js'
import { Receipts } from './receipts.js'
import type { Scripts } from './script.js'
import type { RedisNames } from './subjects.js'
import type { Terms } from './terms.js'

export interface GroupConsumerOptions {
  /** Its name among the members. */
  readonly id: string
  readonly group: string
  readonly keys: GroupKeys
  readonly names: RedisNames
  readonly terms: Terms
  readonly clock: Clock
}

/** The connection that a member works over. */
export interface ConsumerConnection {
  readonly redis: Redis
  readonly scripts: Scripts
  readonly sink: Sink
  /** A command has failed in a way that ends the connection. */
  failed(cause: WildcastError): void
  dropped(why: Dropped): void
  /** The member is none any more. */
  left(): void
}

/**
 * Past this many groups of one subject, or with wildcards, no new one is made: every publish looks
 * at them.
 */
const mostGroups = 1000
/** Bytes of their patterns and names, since a publish looks at long ones for longer. */
const mostGroupBytes = 64 * 1024
/**
 * For this long a member that leaves waits to hear what became of the messages that it gave away.
 */
const patienceMs = 5000
/** While Redis can't be told of so many that were taken, no more are read. */
const mostUntold = 1000
/** More than a member may hold, and be still to tell of. */
const all = 2 * mostUntold

/**
 * This relay's part in a group: reads its share of the messages, and confirms those that somebody
 * took. It outlives a connection that breaks.
 */
export class GroupConsumer {
  readonly #options: GroupConsumerOptions
  readonly #hand: Hand
  readonly #receipts: Receipts
  #seat: ConsumerConnection | undefined
  #stopRenewing: () => void = () => {}
  /** The connection that is being read over. */
  #reading: ConsumerConnection | undefined
  /** It reads, and offers what it has read. */
  #begun = false
  /** There may be more to read. */
  #more = false
  /** There may be something to take over. */
  #heir = false
  #leaving = false
  #telling = false

  constructor(options: GroupConsumerOptions) {
    this.#options = options
    this.#receipts = new Receipts(options.group, options.keys)
    this.#hand = new Hand({
      clock: options.clock,
      taken: (id) => this.#take(id),
      lighter: () => this.#lighter(),
    })
  }

  /**
   * Joins, or goes on over a new connection. @throws {WildcastError} `too_many_subscriptions`, or
   * what a command failed with
   */
  async sit(seat: ConsumerConnection): Promise<void> {
    if (this.#leaving) {
      seat.left()
      return
    }
    this.#seat = seat
    try {
      await this.#renew(seat)
      // What it has taken over by now, and what was on its way when the last connection broke.
      const ours = await this.#read(seat, all, '0')
      // Once everybody knows that it has joined.
      this.#options.clock.after(0, () => this.#begin(seat, ours))
    } catch (cause) {
      if (this.#seat === seat) this.stand()
      throw cause
    }
  }

  /** The connection is gone. What is held stays so. */
  stand(): void {
    this.#seat = undefined
    this.#begun = false
    this.#hand.offerTo(undefined)
    this.#stopRenewing()
  }

  /** There is something to read. */
  wake(): void {
    this.#more = true
    const seat = this.#seat
    if (!seat || !this.#begun || this.#reading === seat || this.#leaving) return
    this.#reading = seat
    this.#readAll(seat).catch((cause) => this.#recover(seat, cause))
  }

  /** Somebody has left, and what it held is to be had. */
  inherit(): void {
    const seat = this.#seat
    this.#heir = !this.#begun
    if (seat && this.#begun && !this.#leaving) this.#stay(seat).catch((cause) => this.#recover(seat, cause))
  }

  /**
   * Reads nothing any more, and leaves as soon as it is known what became of what was given away,
   * or that takes too long. Never rejects.
   */
  async leave(): Promise<void> {
    this.#leaving = true
    this.#hand.close()
    if (this.#hand.isEmpty) await this.leaveNow()
    else this.#options.clock.after(patienceMs, () => void this.leaveNow())
  }

  /** What is still held is the others'. Never rejects. */
  async leaveNow(): Promise<void> {
    const seat = this.#seat
    this.#leaving = true
    if (!seat) return
    const { id, group, keys, terms } = this.#options
    const told = this.#receipts.tell(seat.redis)
    const left = seat.scripts.run(leaveScript, [keys.stream, keys.members], [group, id, terms.keepMs, keys.wake])
    this.stand()
    seat.left()
    // Who can't say goodbye is missed when its lease ends.
    await Promise.allSettled([told, left])
  }

  #begin(seat: ConsumerConnection, entries: readonly Entry[]): void {
    if (this.#seat !== seat || this.#leaving) return
    this.#begun = true
    this.#hand.offerTo(seat.sink)
    this.#hold(seat, entries)
    void this.#tell(seat)
    if (this.#heir) this.inherit()
    this.wake()
  }

  /** Stays, and gets what those held who are gone. */
  async #stay(seat: ConsumerConnection): Promise<void> {
    const room = this.#room
    const inherited = await this.#renew(seat)
    if (this.#seat !== seat) return
    this.#hold(seat, inherited)
    if (inherited.length > 0 && inherited.length === room) this.inherit()
  }

  /** Stays, and makes up for what Redis has refused meanwhile. */
  async #stayWhole(seat: ConsumerConnection): Promise<void> {
    await this.#stay(seat)
    await this.#tell(seat)
    this.wake()
  }

  get #room(): number {
    return this.#receipts.size < mostUntold ? this.#hand.room : 0
  }

  /** Renews the lease, and takes over what those held who are gone. */
  async #renew(seat: ConsumerConnection): Promise<Entry[]> {
    const { id, group, keys, names, terms, clock } = this.#options
    this.#stopRenewing()
    this.#stopRenewing = clock.after(terms.renewEveryMs, () => {
      this.#stayWhole(seat).catch((cause) => this.#recover(seat, cause))
    })
    const most = [mostGroups, mostGroupBytes]
    const words = [keys.field, keys.line, group, id, terms.leaseMs, terms.keepMs, ...most, this.#room]
    try {
      return entriesOf(await seat.scripts.run(stayScript, [keys.registry, keys.stream, keys.members], words), names)
    } catch (cause) {
      throw isRefusal(cause, 'FULL') ? fullError() : cause
    }
  }

  async #readAll(seat: ConsumerConnection): Promise<void> {
    try {
      while (this.#more && this.#seat === seat && !this.#leaving) {
        const room = this.#room
        if (room === 0) return // more is read as soon as something is taken
        this.#more = false
        const entries = await this.#read(seat, room, '>')
        if (entries.length === room) this.#more = true
        this.#hold(seat, entries)
      }
    } finally {
      if (this.#reading === seat) this.#reading = undefined
    }
  }

  async #read({ redis }: ConsumerConnection, count: number, from: '>' | '0'): Promise<Entry[]> {
    const { id, group, keys, names } = this.#options
    const reply = await redis.xreadgroupBuffer('GROUP', group, id, 'COUNT', count, 'STREAMS', keys.stream, from)
    const [stream] = (reply ?? []) as [unknown, unknown][]
    return stream ? entriesOf(stream[1], names) : []
  }

  #recover(seat: ConsumerConnection, cause: unknown): void {
    if (this.#seat !== seat) return
    // Somebody has emptied the database: the group is made again.
    if (!isRefusal(cause, 'NOGROUP')) this.#give(seat, cause)
    else
      this.#stay(seat).then(
        () => this.wake(),
        (again) => this.#give(seat, again),
      )
  }

  /** Ends the connection where it is of no more use; otherwise the next renewal tries again. */
  #give(seat: ConsumerConnection, cause: unknown): void {
    const error = commandFailure(cause)
    if (error.code === 'broker_down') seat.failed(error)
  }

  #hold(seat: ConsumerConnection, entries: readonly Entry[]): void {
    for (const { id, message } of entries) {
      if (this.#receipts.has(id)) continue
      if (message === 'foreign') seat.dropped('foreign_message')
      if (typeof message === 'string') this.#take(id)
      else this.#hand.hold(id, message)
    }
  }

  #lighter(): void {
    if (this.#leaving) {
      if (this.#hand.isEmpty) void this.leaveNow()
    } else if (this.#more) this.wake()
  }

  /** Redis is told at once of all that is taken in one turn. */
  #take(id: string): void {
    this.#receipts.add(id)
    if (this.#telling) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      void this.#tell(this.#seat)
    })
  }

  /**
   * What Redis can't be told of now it is told of later. Not before it has begun: what it has read
   * to go on with may have been taken meanwhile.
   */
  async #tell(seat: ConsumerConnection | undefined): Promise<void> {
    if (seat && this.#begun) await this.#receipts.tell(seat.redis).catch((cause) => this.#recover(seat, cause))
  }
}

function fullError(): WildcastError {
  return new WildcastError(
    'too_many_subscriptions',
    `Redis keeps ${mostGroups} groups with wildcards, in ${mostGroupBytes} bytes, and as many of one subject; let one of them end first`,
  )
}
