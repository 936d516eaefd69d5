import { decodeUtf8 } from '@wildcast/protocol'
import type { Redis } from 'ioredis'
import type { NativeSubscription } from '../foreign/driver.js'
import { commandFailure, redisEndedError } from './failures.js'
import { type Glob, globMatches, globText } from './glob.js'

/** Takes what comes on a channel. */
export type Hear = (channel: string, payload: Uint8Array) => void

/** Whether somebody passes over all that comes on a channel, though Redis brings it. */
export type Deaf = (channel: string) => boolean

/** What one Redis subscription brings, and to whom. */
interface Heard {
  readonly hearers: Map<Hear, Deaf>
  readonly confirmed: Promise<void>
  isConfirmed: boolean
  readonly glob: Glob | undefined
}

/** How Redis calls the three kinds of subscription. */
const commands = {
  channel: ['SUBSCRIBE', 'UNSUBSCRIBE'],
  glob: ['PSUBSCRIBE', 'PUNSUBSCRIBE'],
  shard: ['SSUBSCRIBE', 'SUNSUBSCRIBE'],
} as const

type Kind = keyof typeof commands

const never: Deaf = () => false

/**
 * The subscriptions of one client: each asked for once, however many listen, and told apart by what
 * Redis says that a message came by.
 */
export class Subscriber {
  readonly #redis: Redis
  readonly #notText: () => void
  readonly #heard: Readonly<Record<Kind, Map<string, Heard>>> = {
    channel: new Map(),
    glob: new Map(),
    shard: new Map(),
  }
  /** What Redis has not confirmed the end of: until then messages are on their way. */
  readonly #ending: Readonly<Record<Kind, Map<string, Heard>>> = {
    channel: new Map(),
    glob: new Map(),
    shard: new Map(),
  }

  /** `notText` hears of a channel whose name is no UTF-8. */
  constructor(redis: Redis, notText: () => void) {
    this.#redis = redis
    this.#notText = notText
    redis.on('messageBuffer', (channel: Buffer, payload: Buffer) => this.#tellAll('channel', channel, payload))
    redis.on('smessageBuffer', (channel: Buffer, payload: Buffer) => this.#tellAll('shard', channel, payload))
    redis.on('pmessageBuffer', (glob: string, channel: Buffer, payload: Buffer) =>
      this.#tell('glob', glob, channel, payload),
    )
  }

  channel(name: string, hear: Hear): NativeSubscription {
    return this.#listen('channel', name, hear)
  }

  shard(name: string, hear: Hear): NativeSubscription {
    return this.#listen('shard', name, hear)
  }

  glob(glob: Glob, hear: Hear, isDeaf: Deaf = never): NativeSubscription {
    return this.#listen('glob', globText(glob), hear, isDeaf, glob)
  }

  /**
   * Of the globs that bring this channel by now to nobody who would take it, how many are still
   * there when it is called: so often Redis has counted us.
   */
  deaf(channel: string): () => number {
    const present = [...this.#heard.glob].filter(
      ([, { glob, isConfirmed, hearers }]) =>
        glob && isConfirmed && globMatches(glob, channel) && [...hearers.values()].every((isDeaf) => isDeaf(channel)),
    )
    return () => present.filter(([text, heard]) => this.#heard.glob.get(text) === heard).length
  }

  #listen(kind: Kind, name: string, hear: Hear, isDeaf: Deaf = never, glob?: Glob): NativeSubscription {
    const heard = this.#heard[kind].get(name) ?? this.#ask(kind, name, glob)
    heard.hearers.set(hear, isDeaf)
    return {
      confirmed: heard.confirmed,
      end: async () => {
        if (heard.hearers.size > 1 || this.#heard[kind].get(name) !== heard) heard.hearers.delete(hear)
        else if (heard.hearers.has(hear)) await this.#end(kind, name, heard)
      },
    }
  }

  #ask(kind: Kind, name: string, glob: Glob | undefined): Heard {
    const confirmed = this.#say(commands[kind][0], name)
    const heard: Heard = { hearers: new Map(), confirmed, isConfirmed: false, glob }
    confirmed.then(
      () => {
        heard.isConfirmed = true
      },
      () => {
        // Refused: whoever asks next asks again.
        if (this.#heard[kind].get(name) === heard) this.#heard[kind].delete(name)
      },
    )
    this.#heard[kind].set(name, heard)
    return heard
  }

  async #end(kind: Kind, name: string, heard: Heard): Promise<void> {
    this.#heard[kind].delete(name)
    this.#ending[kind].set(name, heard)
    await this.#say(commands[kind][1], name).catch(() => {}) // a client that ends takes its subscriptions along
    if (this.#ending[kind].get(name) === heard) this.#ending[kind].delete(name)
  }

  async #say(command: string, name: string): Promise<void> {
    if (this.#redis.status === 'end') throw redisEndedError()
    try {
      // In small letters, as the library knows the commands whose answers come as messages.
      await this.#redis.call(command.toLowerCase(), name)
    } catch (cause) {
      throw commandFailure(cause)
    }
  }

  /** Named as we named it, so it is text. */
  #tellAll(kind: Kind, channel: Buffer, payload: Buffer): void {
    this.#tell(kind, channel.toString(), channel, payload)
  }

  #tell(kind: Kind, key: string, channel: Buffer, payload: Buffer): void {
    const heard = this.#heard[kind].get(key) ?? this.#ending[kind].get(key)
    if (!heard) return
    const name = kind === 'glob' ? decodeUtf8(channel) : key
    if (name === undefined) {
      this.#notText()
      return
    }
    // The library's own class of bytes is no business of ours.
    const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
    for (const hear of [...heard.hearers.keys()]) hear(name, bytes)
  }
}
