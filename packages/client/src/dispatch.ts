import type { ReportError } from './app/report-error.js'
import { toError } from './app/to-error.js'
import type { IncomingFrame } from './connection/link-events.js'
import type { Exchanges } from './exchanges/exchanges.js'
import type { Subscriptions } from './subscriptions/subscriptions.js'

/** The receivers of the relay's frames. */
export interface Receivers {
  readonly exchanges: Pick<Exchanges, 'receive'>
  readonly subscriptions: Pick<Subscriptions, 'receive' | 'notify'>
  readonly fault: ReportError
}

/** Passes a frame to its receiver. Ignores kinds that only a newer relay sends. */
export function dispatch(
  frame: IncomingFrame,
  receivedAt: number,
  { exchanges, subscriptions, fault }: Receivers,
): void {
  switch (frame.kind) {
    case 'Ack':
    case 'Response':
    case 'Subscribed':
    case 'Lost':
      exchanges.receive(frame)
      break
    case 'Message':
    case 'Synced':
      if (frame.id === undefined)
        exchanges.receive(frame) // of a snapshot
      else subscriptions.receive(frame, receivedAt)
      break
    case 'Gap':
    case 'Unsubscribed':
      subscriptions.receive(frame, receivedAt)
      break
    case 'Error':
      if (frame.ref !== undefined) exchanges.receive(frame)
      else if (!subscriptions.receive(frame, receivedAt)) fault(toError(frame), 'protocol')
      break
    case 'Pong':
      subscriptions.notify()
  }
}
