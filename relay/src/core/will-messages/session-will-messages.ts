import { payloadSize, refusal, WildcastError } from '@wildcast/protocol'
import type { PublishCommand } from '../commands.js'
import type { SessionLimits } from '../limits.js'
import type { SessionActions } from '../session-actions.js'
import type { WillMessage, WillMessages } from './will-messages.js'

/** A message to publish when the client is gone. */
export interface WillMessageCommand {
  readonly publish: PublishCommand & {
    /** Set if it becomes the value of its subject. */
    readonly retain?: { readonly ttlMs?: number | undefined } | undefined
  }
  /** How long to wait then, in milliseconds. */
  readonly delayMs: number
  /**
   * `drop`: when its connection is lost. If it is back within the delay, nothing is published; if
   * its session ends within the delay, that publishes the message at once. `end`: when its session
   * ends.
   */
  readonly on: 'drop' | 'end'
  /** How long the message is worth a delivery, in milliseconds. @default for ever */
  readonly lifetimeMs?: number | undefined
}

export interface SessionWillMessagesPorts {
  readonly willMessages: WillMessages
  readonly actions: Pick<SessionActions, 'publish' | 'retain' | 'refusalOf'>
  readonly limits: Pick<SessionLimits, 'payload'>
}

interface Held extends WillMessage {
  readonly delayMs: number
  readonly on: 'drop' | 'end'
  readonly bytes: number
}

/** The most will messages of a session. */
const mostHeld = 100

/** The will messages of one session. They outlive it until they are published. */
export class SessionWillMessages {
  readonly #ports: SessionWillMessagesPorts
  readonly #held: Set<Held> = new Set()
  #bytes = 0
  #isOver = false

  constructor(ports: SessionWillMessagesPorts) {
    this.#ports = ports
  }

  /**
   * Sets a message. Resolves with the function that withdraws it.
   * @throws {WildcastError} by rejection: as `Session.publish` or `Session.retain`, and
   * `rate_limited` if there are too many; `interrupted` if the session has ended meanwhile
   */
  async set(want: WillMessageCommand): Promise<() => void> {
    let isCancelled = false
    const { held, decided } = this.#check(want, () => isCancelled)
    await decided
    if (this.#isOver) throw new WildcastError('interrupted', 'the session has ended')
    this.#checkRoom(held.bytes)
    this.#held.add(held)
    this.#bytes += held.bytes
    return () => {
      isCancelled = true
      this.#release(held)
      this.#ports.willMessages.stop(held)
    }
  }

  /** The client has a connection now, or none. */
  moveTo(place: 'here' | 'away'): void {
    const { willMessages } = this.#ports
    for (const held of [...this.#held]) {
      if (held.on !== 'drop') continue
      if (place === 'here') willMessages.stop(held)
      else willMessages.publishAfter(held, held.delayMs)
    }
  }

  /** The session has ended. */
  end(): void {
    this.#isOver = true
    for (const held of [...this.#held]) {
      this.#ports.willMessages.publishAfter(held, held.on === 'drop' ? 0 : held.delayMs)
    }
  }

  #release(held: Held): void {
    if (this.#held.delete(held)) this.#bytes -= held.bytes
  }

  #check(
    { publish, delayMs, on, lifetimeMs }: WillMessageCommand,
    isCancelled: () => boolean,
  ): { readonly held: Held; readonly decided: Promise<void> | undefined } {
    const { actions } = this.#ports
    const { retain } = publish
    const checked = retain ? actions.retain({ ...publish, retain }) : actions.publish(publish)
    const { broker, decided, result } = checked
    const message = 'message' in result ? result.message : result
    const { subject } = message
    const held: Held = {
      broker,
      message,
      write: retain,
      lifetimeMs,
      delayMs,
      on,
      bytes: payloadSize(message.payload),
      begun: () => this.#release(held),
      isCancelled,
      refusal: (): Promise<WildcastError | undefined> => actions.refusalOf({ kind: 'publish', subject, broker }),
    }
    return { held, decided }
  }

  #checkRoom(bytes: number): void {
    const { payload: most } = this.#ports.limits
    if (this.#held.size >= mostHeld)
      throw refusal('rate_limited', `a session has ${mostHeld} will messages at most; withdraw one`)
    if (this.#bytes + bytes > most)
      throw refusal('rate_limited', `the will messages of a session have ${most} bytes at most; withdraw one`)
  }
}
