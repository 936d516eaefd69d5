import type { ActionKind } from '@wildcast/protocol/client'
import type { Undo } from '../time/clock.js'
import { openTimer, type Timer } from '../time/timer.js'
import type { VerbPorts } from '../verb-ports.js'

/** A will of the client, while it may be written. */
export interface Holder {
  /** Silence after which the relay writes the will, in milliseconds. */
  readonly afterMs: number
  /** The action of the question that the relay answers: one that the client may do. */
  readonly action: ActionKind
  readonly subject: string
  readonly broker: string | undefined
  /** The relay may have written the will. */
  lose(): void
}

/** How often the client sends something, as a part of the time after which its will is written. */
const beatPart = 1 / 3
/** The part of that time after which a will may have been written. */
const loseAfterPart = 2 / 3

const all = new WeakMap<VerbPorts, KeepAlive>()

/** Returns the `KeepAlive` of a client. */
export function keepAliveFor(ports: VerbPorts): KeepAlive {
  const found = all.get(ports) ?? new KeepAlive(ports)
  all.set(ports, found)
  return found
}

/**
 * Sends something in time while the client has wills, and detects that the relay may have written
 * one. A frame whose answer proves that the relay has it is a question about a permission: an
 * answered `Ping` proves nothing for tabs that share a connection.
 */
export class KeepAlive {
  readonly #ports: Pick<VerbPorts, 'clock' | 'post'>
  readonly #beat: Timer
  readonly #holders = new Map<Holder, Timer>()
  #isAsking = false
  /** When the newest frame was sent that the relay has confirmed, in milliseconds since 1970. */
  #confirmedAt = 0

  constructor(ports: Pick<VerbPorts, 'clock' | 'post'>) {
    this.#ports = ports
    this.#beat = openTimer(ports.clock)
  }

  /** Keeps a will until the undo. */
  hold(holder: Holder): Undo {
    this.#holders.set(holder, openTimer(this.#ports.clock))
    this.#arm(holder)
    this.#ask()
    return () => {
      this.#holders.get(holder)?.stop()
      this.#holders.delete(holder)
      if (this.#holders.size === 0) this.#beat.stop()
    }
  }

  /** The relay has confirmed a frame that was sent at this time. */
  confirm(sentAt: number): void {
    this.#confirmedAt = Math.max(this.#confirmedAt, sentAt)
    for (const holder of this.#holders.keys()) this.#arm(holder)
  }

  #arm(holder: Holder): void {
    const silentMs = Math.max(0, this.#ports.clock.now() - this.#confirmedAt)
    this.#holders.get(holder)?.set(Math.max(0, holder.afterMs * loseAfterPart - silentMs), () => holder.lose())
  }

  #ask(): void {
    const [first] = this.#holders.keys()
    if (this.#isAsking || !first) return
    const { action, subject, broker } = first
    const { clock, post } = this.#ports
    let sentAt = clock.now()
    // The next timer is set when a message is received: browsers delay chains of timers in hidden
    // pages by a minute.
    const next = (): void => {
      this.#isAsking = false
      const shortestMs = Math.min(...[...this.#holders.keys()].map(({ afterMs }) => afterMs))
      if (this.#holders.size > 0) this.#beat.set(shortestMs * beatPart, () => this.#ask())
    }
    try {
      this.#isAsking = true
      post(
        { kind: 'CanI', action, subject, broker },
        {
          sent() {
            sentAt = clock.now()
          },
          answer: () => {
            this.confirm(sentAt)
            next()
          },
          fail: next,
        },
      )
    } catch {
      this.#isAsking = false // the client is closed
    }
  }
}
