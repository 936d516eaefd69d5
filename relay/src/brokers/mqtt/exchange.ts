import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Dropped } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { Addresses } from './addresses.js'
import type { PayloadForm } from './form.js'
import type { Routes } from './routes.js'
import type { Incoming, MqttWire } from './wire.js'

/** How messages, questions and answers travel over one connection. */
export interface Exchange {
  /** What a packet says to subscribers; undefined where it is none of ours. */
  read(packet: Incoming): BrokerMessage | undefined
  /** Before a server listens. */
  serving?(): void
  /** What the servers of a topic take. */
  servedFilter(topic: string): string
  /**
   * What a packet of that filter asks the server of a subject; undefined where it is no question.
   */
  question(packet: Incoming, subject: Subject): BrokerMessage | undefined
  publish(message: BrokerMessage): Promise<void>
  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage>
  /** Fails the requests that wait. */
  end(error: WildcastError): void
}

export interface ExchangePorts {
  readonly wire: MqttWire
  readonly routes: Routes
  readonly form: PayloadForm
  readonly clock: Clock
  readonly newId: () => string
  /**
   * Of questions to servers here, and of what others heard: neither crowds out the other. They
   * outlive the link, as those who wait do.
   */
  readonly addresses: { readonly asked: Addresses; readonly heard: Addresses }
  /** Bytes of the longest payload that clients may be sent. */
  readonly maxPayload: number
  dropped(why: Dropped): void
}

/** The final answer to a request. A server that leaves says so in its place. */
export async function finalAnswer(answer: Promise<BrokerMessage>): Promise<BrokerMessage> {
  const message = await answer
  if (message.error?.code === 'no_responders') throw new WildcastError('no_responders', message.error.message)
  return message
}
