import type { ReportError } from './app/report-error.js'
import type { IncomingFrame } from './connection/link-events.js'
import type { Exchanges } from './exchanges/exchanges.js'
import { toError } from './exchanges/to-error.js'
import type { Subscriptions } from './subscriptions/subscriptions.js'

/** Who takes the relay's frames. */
export interface Receivers {
  readonly exchanges: Pick<Exchanges, 'receive'>
  readonly subscriptions: Pick<Subscriptions, 'receive' | 'notify'>
  readonly fault: ReportError
}

/** Hands a frame to the part of the client that it concerns. Kinds of a newer relay pass. */
export function dispatch(
  frame: IncomingFrame,
  receivedAt: number,
  { exchanges, subscriptions, fault }: Receivers,
): void {
  switch (frame.kind) {
    case 'Ack':
    case 'Response':
    case 'Subscribed':
      exchanges.receive(frame)
      break
    case 'Message':
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
