import { decodeUtf8 } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import type { NativeSubscription } from '../foreign/driver.js'
import { commandFailure, redisEndedError } from './failures.js'
import { type Glob, globMatches, globText } from './glob.js'
import type { ChangeMark } from './values/change-mark.js'
import { ChangeMarks } from './values/change-marks.js'
import type { MarkChannels } from './values/mark-channels.js'

/** Receives the messages of a channel. `change` is set if the message is a change of a value. */
export type Receive = (channel: string, payload: Uint8Array, change?: ChangeMark['fields']) => void

/** Whether a receiver ignores all messages of a channel, though its glob matches it. */
export type Ignores = (channel: string) => boolean

/** One subscription at Redis, and its receivers here. */
interface Subscription extends Subscribing {
  readonly receivers: Map<Receive, Ignores>
  readonly confirmed: Promise<void>
  isConfirmed: boolean
  /** Absent if no receiver wants to know which messages are changes of values. */
  readonly marks: ChangeMarks | undefined
}

interface Subscribing {
  readonly kind: Kind
  readonly name: string
  readonly glob?: Glob | undefined
  /** The channel or glob of the marks. Undefined without marks, or if the name covers them. */
  readonly markName?: string | undefined
}

export interface SubscriberOptions {
  readonly redis: Redis
  /** Absent if relays keep no values at this Redis. */
  readonly marks: MarkChannels | undefined
  /** Called when the name of a channel isn't UTF-8. */
  notText(): void
}

/** The commands of the three kinds of subscription. */
const commands = {
  channel: ['SUBSCRIBE', 'UNSUBSCRIBE'],
  glob: ['PSUBSCRIBE', 'PUNSUBSCRIBE'],
  shard: ['SSUBSCRIBE', 'SUNSUBSCRIBE'],
} as const

type Kind = keyof typeof commands

type Subscriptions = Readonly<Record<Kind, Map<string, Subscription>>>

const none = (): Subscriptions => ({ channel: new Map(), glob: new Map(), shard: new Map() })

const ignoresNothing: Ignores = () => false

/**
 * The subscriptions of one client. Receivers of the same channel or glob share one. Redis names the
 * subscription that a message belongs to.
 */
export class Subscriber {
  readonly #redis: Redis
  readonly #notText: () => void
  readonly #markChannels: MarkChannels | undefined
  readonly #active: Subscriptions = none()
  /** Messages of these still come, until Redis confirms their end. */
  readonly #ending: Subscriptions = none()
  /** The globs of marks, with the globs that they belong to. */
  readonly #markGlobs: Map<string, string> = new Map()

  constructor({ redis, marks, notText }: SubscriberOptions) {
    this.#redis = redis
    this.#markChannels = marks
    this.#notText = notText
    redis.on('messageBuffer', (channel: Buffer, payload: Buffer) => this.#deliverExact('channel', channel, payload))
    redis.on('smessageBuffer', (channel: Buffer, payload: Buffer) => this.#deliverExact('shard', channel, payload))
    redis.on('pmessageBuffer', (glob: string, channel: Buffer, payload: Buffer) =>
      this.#deliver('glob', glob, channel, payload),
    )
  }

  channel(name: string, receive: Receive): NativeSubscription {
    return this.#add({ kind: 'channel', name }, receive)
  }

  shard(name: string, receive: Receive): NativeSubscription {
    return this.#add({ kind: 'shard', name }, receive)
  }

  glob(glob: Glob, receive: Receive, ignores: Ignores = ignoresNothing): NativeSubscription {
    return this.#add({ kind: 'glob', name: globText(glob), glob }, receive, { ignores })
  }

  /** Subscribes to the messages of a channel, changes of values included. */
  subject(name: string, receive: Receive): NativeSubscription {
    const markName = this.#markChannels?.of(name)
    return this.#add({ kind: 'channel', name, markName }, receive, { marked: true })
  }

  /** Subscribes to the messages of a glob, changes of values included. */
  pattern(glob: Glob, receive: Receive, ignores: Ignores): NativeSubscription {
    const [name, marks] = [globText(glob), this.#markChannels?.globOf(glob)]
    const markName = marks && globText(marks)
    return this.#add({ kind: 'glob', name, glob, markName }, receive, { ignores, marked: true })
  }

  /**
   * Finds the globs that match this channel and whose receivers all ignore it. Returns a function
   * that counts those still subscribed: Redis has counted each of them as a receiver.
   */
  ignoring(channel: string): () => number {
    const allIgnore = ({ receivers }: Subscription): boolean =>
      [...receivers.values()].every((ignores) => ignores(channel))
    const found = [...this.#active.glob].filter(([, subscription]) => {
      const { glob, isConfirmed } = subscription
      return glob && isConfirmed && globMatches(glob, channel) && allIgnore(subscription)
    })
    return () => found.filter(([text, subscription]) => this.#active.glob.get(text) === subscription).length
  }

  #add(
    wanted: Subscribing,
    receive: Receive,
    { ignores = ignoresNothing, marked = false }: { readonly ignores?: Ignores; readonly marked?: boolean } = {},
  ): NativeSubscription {
    const { kind, name } = wanted
    const present = this.#active[kind].get(name)
    const marks = marked && this.#markChannels ? this.#marksOf(wanted) : undefined
    const subscription = present && (!marks || present.marks) ? present : this.#subscribe(wanted, marks, present)
    const { receivers, confirmed } = subscription
    receivers.set(receive, ignores)
    return {
      confirmed,
      end: async () => {
        const current = this.#active[kind].get(name)
        if (receivers.size > 1 || current?.receivers !== receivers) receivers.delete(receive)
        else if (receivers.has(receive)) await this.#unsubscribe(current)
      },
    }
  }

  /** The payload of a mark that has come already may be the next message. */
  #marksOf({ kind, name }: Subscribing): ChangeMarks {
    return this.#ending[kind].get(name)?.marks ?? new ChangeMarks()
  }

  /** @param present the subscription so far, if it has no marks: then Redis adds them to it */
  #subscribe(wanted: Subscribing, marks: ChangeMarks | undefined, present: Subscription | undefined): Subscription {
    const { kind, name, markName } = wanted
    const confirmed = this.#call(commands[kind][0], name, markName)
    const { receivers = new Map<Receive, Ignores>(), isConfirmed = false } = present ?? {}
    const subscription: Subscription = { ...wanted, receivers, confirmed, isConfirmed, marks }
    confirmed.then(
      () => {
        subscription.isConfirmed = true
      },
      () => {
        // Refused: the next receiver tries again.
        if (this.#active[kind].get(name) !== subscription) return
        if (present) this.#active[kind].set(name, present)
        else this.#active[kind].delete(name)
        this.#forgetMarks(subscription)
      },
    )
    this.#active[kind].set(name, subscription)
    if (kind === 'glob' && markName !== undefined) this.#markGlobs.set(markName, name)
    return subscription
  }

  async #unsubscribe(subscription: Subscription): Promise<void> {
    const { kind, name, markName } = subscription
    this.#active[kind].delete(name)
    this.#ending[kind].set(name, subscription)
    await this.#call(commands[kind][1], name, markName).catch(() => {}) // a subscription ends with its client
    if (this.#ending[kind].get(name) === subscription) this.#ending[kind].delete(name)
    this.#forgetMarks(subscription)
  }

  #forgetMarks({ kind, name, markName }: Subscription): void {
    if (markName !== undefined && this.#find(kind, name)?.markName === undefined) this.#markGlobs.delete(markName)
  }

  /** One command for both names: no change of a value comes without its mark, or only its mark. */
  async #call(command: string, ...names: readonly (string | undefined)[]): Promise<void> {
    if (this.#redis.status === 'end') throw redisEndedError()
    try {
      // ioredis knows by its lower-case name that the replies of a command come as messages.
      await this.#redis.call(command.toLowerCase(), ...names.filter((name) => name !== undefined))
    } catch (cause) {
      throw commandFailure(cause)
    }
  }

  #find(kind: Kind, name: string): Subscription | undefined {
    return this.#active[kind].get(name) ?? this.#ending[kind].get(name)
  }

  /** Delivers a message of a channel that was subscribed by its name, so the name is UTF-8. */
  #deliverExact(kind: Kind, channel: Buffer, payload: Buffer): void {
    this.#deliver(kind, channel.toString(), channel, payload)
  }

  #deliver(kind: Kind, key: string, channel: Buffer, payload: Buffer): void {
    const subscription = this.#find(kind, key)
    // Not the Buffer of the library: receivers get plain bytes.
    const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
    const name = kind === 'glob' ? decodeUtf8(channel) : key
    if (!subscription) this.#announce(kind, key, name, bytes)
    else if (name === undefined) this.#notText()
    else if (!this.#isOwnMark(subscription, name, bytes)) {
      const change = subscription.marks?.take(name, bytes)
      for (const receive of [...subscription.receivers.keys()]) receive(name, bytes, change)
    }
  }

  /** Passes a mark to the subscription that it belongs to. */
  #announce(kind: Kind, key: string, channel: string | undefined, mark: Uint8Array): void {
    const marked = channel === undefined ? undefined : this.#markChannels?.marked(channel)
    if (marked === undefined) return
    const name = kind === 'glob' ? this.#markGlobs.get(key) : marked
    if (name !== undefined) this.#find(kind, name)?.marks?.announced(marked, mark)
  }

  /** Whether a message is a mark, which came with the subscription's own glob. */
  #isOwnMark({ glob, markName, marks }: Subscription, channel: string, mark: Uint8Array): boolean {
    if (!glob || !marks || markName !== undefined) return false
    const marked = this.#markChannels?.marked(channel)
    if (marked === undefined) return false
    marks.announced(marked, mark)
    return true
  }
}
