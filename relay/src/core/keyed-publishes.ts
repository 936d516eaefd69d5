import { type BrokerMessage, encodeUtf8, payloadBytes, refusal, WildcastError } from '@wildcast/protocol'
import type { Clock } from './clock.js'

/** A key is remembered for so long. */
const rememberedMs = 120_000

/**
 * Keys that are remembered. Past so many, publishes with a key are refused: to forget one would
 * break a promise.
 */
const mostKeys = 100_000

interface Remembered {
  readonly fingerprint: string
  readonly at: number
  /** Undefined if the broker had it at once. */
  readonly outcome: Promise<void> | undefined
}

/**
 * Publishes that clients have given a key: each is done once, however often it is sent. A repeat
 * shares the outcome of the first; one that failed may be tried again under its key.
 */
export class KeyedPublishes {
  readonly #clock: Clock
  /** The oldest first. */
  readonly #byKey: Map<string, Remembered> = new Map()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * @param publish - does it. Returns undefined if the broker has it at once
   * @throws {WildcastError} `invalid_frame` if the key is of another message; `rate_limited` if too
   * many are remembered
   */
  publish(
    key: string,
    message: { readonly broker: string } & BrokerMessage,
    publish: () => Promise<void> | undefined,
  ): Promise<void> | undefined {
    const now = this.#clock.now()
    this.#forgetOld(now)
    const fingerprint = fingerprintOf(message)
    const known = this.#byKey.get(key)
    if (known) {
      if (known.fingerprint === fingerprint) return known.outcome
      throw new WildcastError('invalid_frame', 'the key was given to another message; give each its own')
    }
    if (this.#byKey.size >= mostKeys)
      throw refusal('rate_limited', `${mostKeys} keys are remembered; publish without a key, or later`)
    const outcome = publish()
    const remembered = { fingerprint, at: now, outcome }
    this.#byKey.set(key, remembered)
    // By then, the key may have been forgotten and given to another.
    outcome?.catch(() => this.#byKey.get(key) === remembered && this.#byKey.delete(key))
    return outcome
  }

  #forgetOld(now: number): void {
    for (const [key, { at }] of this.#byKey) {
      if (now - at < rememberedMs) return
      this.#byKey.delete(key)
    }
  }
}

/**
 * Equal for equal messages, whatever codec they came by, and short: it is kept for each key. A
 * client that looks for two different ones that share it fools itself alone.
 */
function fingerprintOf({
  broker,
  subject,
  payload,
  headers,
  responseSubject,
}: { broker: string } & BrokerMessage): string {
  const beside = encodeUtf8(JSON.stringify([broker, subject, responseSubject, headers && [...headers]]))
  const bytes = payloadBytes(payload)
  return `${beside.length} ${hash(beside)} ${bytes.length} ${hash(bytes)}`
}

/** FNV-1a. */
function hash(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  // An iterator would take six times as long.
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return hash >>> 0
}
