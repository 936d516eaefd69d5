import { type BrokerMessage, encodeUtf8, payloadBytes, refusal, withoutTrace } from '@wildcast/protocol'
import type { Clock } from './clock.js'
import type { RetainCommand } from './commands.js'
import { Counts } from './counts.js'
import { keyMs, type PublishKey, usedKey } from './publish-key.js'
import type { Soon } from './store.js'

/**
 * The limit of remembered keys, of clients without a name and of all users. Past it, publishes with
 * a new key are refused: forgetting a key would break a promise.
 */
const mostKeys = 100_000

/** The limit of one user, so that none uses up those of others. */
const mostOfUser = 10_000

interface Remembered {
  readonly broker: string
  readonly fingerprint: string
  readonly user: string | undefined
  readonly at: number
  /** Not a promise if the broker had it at once. */
  readonly outcome: Soon<string | undefined>
}

/** A publish with a key. */
export interface KeyedPublish extends BrokerMessage {
  readonly broker: string
  /** Its effect on the value of the subject, if it has one. */
  readonly effect?: RetainCommand | undefined
}

/**
 * Does each publish with a key once, however often it is sent to this relay. A repeat shares the
 * outcome of the first; after a failure the key may be used again. A store remembers keys, too, so
 * that other relays know them.
 */
export class KeyedPublishes {
  readonly #clock: Clock
  /** Oldest first. */
  readonly #byKey: Map<string, Remembered> = new Map()
  readonly #ofUser = new Counts()
  #nameless = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * @param publish - publishes it with this key, and returns its number, if it has one. Its outcome
   * is that of every repeat
   * @throws {WildcastError} `invalid_frame` if the key belongs to another message; `rate_limited`
   * if too many keys are remembered
   */
  publish(
    key: string,
    message: KeyedPublish,
    publish: (key: PublishKey) => Soon<string | undefined>,
  ): Soon<string | undefined> {
    const now = this.#clock.now()
    this.#forgetOld(now)
    const { broker } = message
    const fingerprint = fingerprintOf(message)
    const known = this.#byKey.get(key)
    if (known) {
      if (known.broker === broker && known.fingerprint === fingerprint) return known.outcome
      throw usedKey()
    }
    const user = message.from?.user
    this.#checkRoom(user)
    const outcome = publish({ name: key, fingerprint })
    const remembered = { broker, fingerprint, user, at: now, outcome }
    this.#byKey.set(key, remembered)
    this.#count(user, 1)
    // Until then, the key may have expired and be used for another message.
    if (outcome instanceof Promise)
      outcome.catch(() => this.#byKey.get(key) === remembered && this.#forget(key, remembered))
    return outcome
  }

  #checkRoom(user: string | undefined): void {
    const isUserFull = user !== undefined && this.#ofUser.of(user) >= mostOfUser
    const alike = user === undefined ? this.#nameless : this.#byKey.size - this.#nameless
    if (!isUserFull && alike < mostKeys) return
    const most = isUserFull ? mostOfUser : mostKeys
    throw refusal('rate_limited', `${most} keys are remembered; publish without a key, or later`)
  }

  #count(user: string | undefined, change: 1 | -1): void {
    if (user === undefined) this.#nameless += change
    else this.#ofUser.add(user, change)
  }

  #forget(key: string, { user }: Remembered): void {
    this.#byKey.delete(key)
    this.#count(user, -1)
  }

  #forgetOld(now: number): void {
    for (const [key, remembered] of this.#byKey) {
      if (now - remembered.at < keyMs) return
      this.#forget(key, remembered)
    }
  }
}

/**
 * Equal for equal messages of any codec, and short, since it is kept for each key. A client that
 * constructs a collision only harms itself. Without the broker, which another relay may name
 * otherwise, and without a trace: a repeat is another attempt of the same.
 */
function fingerprintOf({ subject, payload, headers, responseSubject, effect }: KeyedPublish): string {
  const { will, ...others } = effect ?? {}
  const facts = [subject, responseSubject, withoutTrace(headers), effect && others, will !== undefined]
  return [encodeUtf8(JSON.stringify(facts)), payloadBytes(payload), payloadBytes(will ?? '')]
    .map((bytes) => `${bytes.length} ${hash(bytes)}`)
    .join(' ')
}

/** FNV-1a. */
function hash(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  // An iterator takes six times as long.
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return hash >>> 0
}
