import type { Payload, WildcastError } from '@wildcast/protocol/client'
import { postAgain } from '../exchanges/post-again.js'
import type { Undo } from '../time/clock.js'
import type { VerbPorts } from '../verb-ports.js'
import { keepAliveFor } from '../wills/keep-alive.js'

/** How long the relay waits before it removes a silent client. */
const silentMs = 10_000

/** The name of a member. */
export interface EntryName {
  readonly subject: string
  readonly broker: string | undefined
  readonly member: string
}

/** The place of this client among the members of a subject. It takes a lost place again. */
export class PresenceEntry {
  readonly #ports: VerbPorts
  readonly #name: EntryName
  readonly #failed: (error: WildcastError) => void
  /** Forgets the last `Enter`, once it is answered. Undefined outside. */
  #forget: Undo | undefined
  #message: Payload = ''
  /** Identifies the last `Enter`. */
  #turn = 0
  #last: Promise<void> = Promise.resolve()
  #rest: Undo | undefined

  /** @param failed - called if the client can't take its place again */
  constructor(ports: VerbPorts, name: EntryName, failed: (error: WildcastError) => void) {
    this.#ports = ports
    this.#name = name
    this.#failed = failed
  }

  /** Enters, or changes what the others see. Resolves when the relay has written it. */
  enter(message: Payload): Promise<void> {
    const { subject, broker } = this.#name
    this.#rest ??= keepAliveFor(this.#ports).hold({ afterMs: silentMs, action: 'presence', subject, broker, lose() {} })
    this.#forget?.()
    this.#message = message
    this.#last = new Promise((resolve, reject) => this.#send(message, resolve, reject))
    return this.#last
  }

  /** Whether this client has entered, and not left. */
  get isIn(): boolean {
    return this.#rest !== undefined
  }

  /** Enters again, since others no longer see this client. */
  enterAgain(): void {
    void this.enter(this.#message).catch(this.#failed)
  }

  /** Resolves when the relay has removed the client. */
  leave(): Promise<void> {
    if (!this.#rest) return Promise.resolve()
    this.#rest()
    this.#rest = undefined
    this.#forget?.()
    this.#forget = undefined
    this.#turn++
    this.#last = Promise.resolve() // an unanswered entry is over
    return new Promise((resolve, reject) => {
      postAgain(this.#ports, {
        frame: () => ({ kind: 'Leave', ...this.#name }),
        answer: () => resolve(),
        fail: (error) => (error.code === 'interrupted' ? resolve() : reject(error)),
      })
    })
  }

  #send(message: Payload, resolve: (value: void | Promise<void>) => void, reject: (reason: unknown) => void): void {
    const { clock } = this.#ports
    const turn = ++this.#turn
    const isLast = (): boolean => turn === this.#turn
    let sentAt = 0
    let isEntered = false
    const cancel = postAgain(this.#ports, {
      frame: () => ({ kind: 'Enter', ...this.#name, message }),
      isWanted: isLast,
      isRepeatable: isLast,
      sent() {
        sentAt = clock.now()
      },
      again: (waitMs = 0) => (waitMs > 0 && isLast() ? { kind: 'Enter', ...this.#name, message } : undefined),
      answer: (frame) => {
        if (frame.kind === 'Ack') {
          isEntered = true
          keepAliveFor(this.#ports).confirm(sentAt)
          resolve()
        } else if (isLast()) this.enterAgain()
        return isLast()
      },
      fail: (error) => {
        if (!isLast())
          resolve(this.#last) // a later one has the newest data
        else {
          if (isEntered) this.#failed(error)
          reject(error)
        }
      },
    })
    this.#forget = () => {
      if (isEntered) cancel(true)
    }
  }
}
