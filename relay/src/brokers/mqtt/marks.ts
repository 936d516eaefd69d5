import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { Incoming, MqttWire } from './wire.js'

export interface MarksPorts {
  readonly wire: Pick<MqttWire, 'subscribe' | 'publish'>
  /** The topic of the marks of this connection. */
  readonly topic: string
  readonly clock: Clock
}

/**
 * A mark is lost, or the server does not allow it, if it does not return within this time after the
 * last retained message: many of them may come before it. The second limit is for all of them.
 */
const returnMs = 10_000
const longestMs = 300_000

/**
 * Messages of a connection to itself, which return behind all that the server had for it before. A
 * mark serves all that ask in a turn.
 */
export class Marks {
  readonly #ports: MarksPorts
  #subscribed: Promise<void> | undefined
  /** The mark that is sent at the end of this turn. */
  #next: Promise<void> | undefined
  #last = 0
  /** The marks on their way, by number. */
  readonly #away: Map<number, () => void> = new Map()
  #hasReturned = false
  /** When the last retained message was received. */
  #progressAt = Number.NEGATIVE_INFINITY
  #refusal: WildcastError | undefined

  constructor(ports: MarksPorts) {
    this.#ports = ports
  }

  /** Resolves when a mark has returned. @throws {WildcastError} `forbidden`, `timeout` */
  mark(): Promise<void> {
    this.#next ??= this.#send()
    return this.#next
  }

  /** Receives each packet. Returns whether it is a mark. */
  received({ topic, payload, retain }: Incoming): boolean {
    if (retain) this.#progressAt = this.#ports.clock.now()
    if (topic !== this.#ports.topic) return false
    this.#hasReturned = true
    const number = Number(payload.toString())
    for (const [earlier, returned] of this.#away) {
      if (earlier > number) break
      this.#away.delete(earlier)
      returned()
    }
    return true
  }

  async #send(): Promise<void> {
    const { wire, topic, clock } = this.#ports
    await new Promise<void>((resolve) => clock.endOfTurn(resolve))
    this.#next = undefined
    if (this.#refusal) throw this.#refusal
    this.#subscribed ??= wire.subscribe(topic)
    const number = ++this.#last
    const returned = this.#return(number)
    const sent = this.#subscribed.then(() => wire.publish({ topic, payload: `${number}` }))
    await Promise.all([returned, sent]).catch((cause) => {
      this.#away.get(number)?.() // stops its clock
      this.#away.delete(number)
      throw WildcastError.from(cause).code === 'forbidden' ? this.#refuse() : cause
    })
  }

  #return(number: number): Promise<void> {
    const { clock } = this.#ports
    const since = clock.now()
    return new Promise((resolve, reject) => {
      let stop = (): void => {}
      const wait = (ms: number): void => {
        stop = clock.after(ms, () => {
          const rest = this.#progressAt + returnMs - clock.now()
          if (rest > 0 && clock.now() - since < longestMs) wait(rest)
          else reject(this.#hasReturned ? lostMark() : this.#refuse())
        })
      }
      wait(returnMs)
      this.#away.set(number, () => {
        stop()
        resolve()
      })
    })
  }

  /** Later marks fail at once. */
  #refuse(): WildcastError {
    this.#refusal = new WildcastError(
      'forbidden',
      'no message of the relay to _reply/# returned: look at the ACL of the server and its limit of queued messages',
    )
    return this.#refusal
  }
}

function lostMark(): WildcastError {
  return new WildcastError('timeout', `the server has returned no message to the relay within ${returnMs} ms`)
}
