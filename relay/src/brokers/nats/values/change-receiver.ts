import type { Msg } from 'nats'
import type { Dropped } from '../../../core/broker.js'
import type { Clock } from '../../../core/clock.js'
import type { Sink } from '../../foreign/driver.js'
import { natsHeadersOf } from '../headers.js'
import { receivedChange } from './change-form.js'
import { ChangeOrder } from './change-order.js'
import type { HeldChanges } from './held-changes.js'
import { changePrefix } from './places.js'
import type { ValuesStream } from './values-stream.js'

export interface ChangeReceiverPorts {
  readonly clock: Pick<Clock, 'after'>
  readonly stream: Pick<ValuesStream, 'newest' | 'seen' | 'disordered'>
  readonly held: Pick<HeldChanges, 'add'>
  dropped(why: Dropped): void
  readonly sink: Sink
}

/** Receives the changes of values for one subscription. */
export class ChangeReceiver {
  /** The subjects of NATS to subscribe to. */
  readonly subjects: readonly string[]
  readonly #ports: ChangeReceiverPorts
  readonly #order: ChangeOrder

  /** @param subjects those of the subscription itself */
  constructor(subjects: readonly string[], ports: ChangeReceiverPorts) {
    const { clock, held, stream, sink } = ports
    this.subjects = subjects.map((subject) => changePrefix + subject)
    this.#ports = ports
    this.#order = new ChangeOrder({
      clock,
      held,
      since: stream.newest,
      deliver: (message) => sink(message),
      failed: () => stream.disordered(),
    })
  }

  take(msg: Msg): void {
    const { stream, dropped } = this.#ports
    const headers = natsHeadersOf(msg)
    const change = typeof headers === 'object' ? receivedChange(msg.subject, headers.entries, msg.data) : undefined
    if (!change) {
      dropped('foreign_message')
      return
    }
    stream.seen(change.term, change.seq)
    this.#order.take(change)
  }

  /** The subscription has ended. */
  end(): void {
    this.#order.end()
  }
}
