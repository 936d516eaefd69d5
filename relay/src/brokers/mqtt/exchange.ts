import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Dropped } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { Addresses } from './addresses.js'
import type { PayloadForm } from './form.js'
import type { Routes } from './routes.js'
import type { Incoming, MqttWire } from './wire.js'

/** The form of messages, requests and answers on one connection. */
export interface Exchange {
  /** Reads a message for subscribers. Returns undefined if the packet isn't a valid one. */
  read(packet: Incoming): BrokerMessage | undefined
  /** Called before a responder subscribes. */
  beforeServing?(): void
  /** Returns the filter for the responders of a topic. */
  servedFilter(topic: string): string
  /** Reads a request of that filter. Returns undefined if the packet isn't a valid one. */
  readRequest(packet: Incoming, subject: Subject): BrokerMessage | undefined
  publish(message: BrokerMessage): Promise<void>
  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage>
  /** Rejects all pending requests. */
  end(error: WildcastError): void
}

export interface ExchangePorts {
  readonly wire: MqttWire
  readonly routes: Routes
  readonly form: PayloadForm
  readonly clock: Clock
  readonly newId: () => string
  /**
   * The addresses of answers: of requests to responders, and of messages to subscribers. They have
   * separate limits, and outlive the connection like the requests.
   */
  readonly addresses: { readonly requests: Addresses; readonly messages: Addresses }
  /** Bytes of the longest payload that clients may be sent. */
  readonly maxPayload: number
  dropped(why: Dropped): void
}

/** Resolves with the final answer. Rejects if it is the refusal of a responder that has left. */
export async function finalAnswer(answer: Promise<BrokerMessage>): Promise<BrokerMessage> {
  const message = await answer
  if (message.error?.code === 'no_responders') throw new WildcastError('no_responders', message.error.message)
  return message
}
