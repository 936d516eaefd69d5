import type { WildcastError } from '@wildcast/protocol'
import type { FanOut } from '../fan-out.js'
import type { Filter } from '../filters/filter.js'
import type { FeedFacts, Outlet } from '../outlet.js'
import type { TimeSlice } from '../time-slice.js'
import type { KeptValue, KeptValues, ValueReader } from './kept-values.js'

export interface ReplayPorts {
  readonly values: KeptValues
  readonly outlet: Outlet
  /** The subscription. */
  readonly feed: FeedFacts
  /** Only values that match it are sent. */
  readonly filter?: Filter | undefined
  /** The number of the request for its values. */
  readonly ref: number
  /**
   * Whether the subscription may receive changes later than the values: then no value is left to
   * them.
   */
  readonly delayed: boolean
  readonly fanOut: FanOut
  readonly slice: TimeSlice
  /** The values can't be read. */
  failed(error: WildcastError): void
}

/**
 * Sends the values of a pattern to one subscriber, as fast as it reads, then a mark of their end.
 * It leaves out what the subscriber has received since it asked. After lost messages it begins
 * again.
 */
export class Replay implements ValueReader {
  readonly #ports: ReplayPorts
  /** The changes when it asked: the subscriber receives later ones as messages. */
  #since = 0
  /** The values that are still to be sent. */
  #rest: Iterator<KeptValue> | undefined
  /** Identifies a run, so that callbacks of earlier ones do nothing. */
  #run = 0

  constructor(ports: ReplayPorts) {
    this.#ports = ports
  }

  /** Sends all values, from the first. */
  start(): void {
    this.pause()
    const { values } = this.#ports
    this.#since = values.changes
    values.ask(this)
  }

  stop(): void {
    this.pause()
    this.#ports.values.leave(this)
  }

  ready(): void {
    this.#rest = this.#ports.values[Symbol.iterator]()
    this.#inOrder(this.#run)
  }

  pause(): void {
    this.#run++
    this.#rest = undefined
  }

  failed(error: WildcastError): void {
    this.pause()
    this.#ports.failed(error)
  }

  /** Continues after the messages that are still on their way to the subscriber. */
  #inOrder(run: number): void {
    this.#ports.fanOut.run('', () => {
      if (run === this.#run && this.#rest) this.#send(this.#rest, run)
    })
  }

  #send(rest: Iterator<KeptValue>, run: number): void {
    const { outlet, slice } = this.#ports
    while (run === this.#run) {
      if (outlet.behind) {
        outlet.whenCaughtUp?.(() => this.#inOrder(run))
        return
      }
      const next = rest.next()
      if (next.done) {
        this.#rest = undefined
        this.#sendMark()
        return
      }
      this.#sendValue(next.value)
      if (!slice.admits(next.value.message.payload.length)) {
        slice.later(() => this.#inOrder(run))
        return
      }
    }
  }

  #sendValue({ message, seen }: KeptValue): void {
    const { outlet, feed, filter, ref, delayed } = this.#ports
    if (seen > this.#since && !delayed) return
    if (filter && !filter.matches(message.payload)) return
    const { encoder } = outlet
    const bytes = encoder?.values?.value(message, { feed, ref })
    if (bytes || !encoder) outlet.deliver({ bytes, feed, message, replay: true })
  }

  #sendMark(): void {
    const { outlet, feed, ref } = this.#ports
    const bytes = outlet.encoder?.values?.synced({ feed, ref })
    if (bytes) outlet.deliver({ bytes, feed, replay: true })
  }
}
