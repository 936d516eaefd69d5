import { type BrokerMessage, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { BrokerConnection, NativeSubscription, Sink } from '../foreign/driver.js'
import { noServer } from '../no-server.js'
import { OwedAnswers } from '../owed-answers.js'
import type { Exchange } from './exchange.js'
import { mqttEndedError } from './failures.js'
import type { MqttNative } from './native.js'
import { type Offers, offers } from './offers.js'
import type { Routes } from './routes.js'
import type { MqttServerFacts } from './server.js'
import type { MqttValues } from './values/mqtt-values.js'
import type { Incoming } from './wire.js'

interface MqttConnectionOptions {
  readonly server: MqttServerFacts
  readonly routes: Routes
  readonly exchange: Exchange
  readonly clock: Clock
  /** Absent if the server keeps no values. */
  readonly values?: MqttValues | undefined
}

/** A responder of this relay. */
interface Responder {
  readonly subject: Subject
}

/** One connection to an MQTT server: its subscriptions, and the exchange of its messages. */
export class MqttConnection implements BrokerConnection<MqttNative> {
  readonly values: MqttValues | undefined
  readonly #server: MqttServerFacts
  readonly #routes: Routes
  readonly #exchange: Exchange
  readonly #clock: Clock
  readonly #offers: Set<Offers> = new Set()
  readonly #owed: OwedAnswers<Responder, Pattern>

  constructor({ server, routes, exchange, clock, values }: MqttConnectionOptions) {
    this.values = values
    this.#server = server
    this.#routes = routes
    this.#exchange = exchange
    this.#clock = clock
    this.#owed = new OwedAnswers((answerOn, { subject }) => this.#refuse(answerOn, subject))
  }

  subscribe(native: MqttNative, sink: Sink): NativeSubscription {
    const refusal = this.#refusal(native)
    if (refusal) return { confirmed: Promise.reject(refusal), end: async () => {} }
    const { filter, single, served } = native
    if (!single) return this.#subscribe(filter, sink)
    const open = offers(sink, this.#clock)
    this.#offers.add(open)
    const subscription =
      served === undefined ? this.#subscribe(filter, open.offer) : this.#serve(filter, served, open.offer)
    return {
      confirmed: subscription.confirmed,
      end: () => {
        open.end()
        this.#offers.delete(open)
        return subscription.end()
      },
    }
  }

  async publish(message: BrokerMessage): Promise<void> {
    await this.#exchange.publish(message)
    if (!message.more) this.#owed.answered(message.subject)
  }

  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    return this.#exchange.request(message, options)
  }

  async close(): Promise<void> {
    void this.#owed.leaveAll()
    this.#exchange.end(mqttEndedError())
    for (const open of this.#offers) open.end()
    await Promise.all([this.#routes.close(), this.values?.close()])
  }

  /** The server may have changed since the interest was accepted. */
  #refusal({ filter, single, wildcard, served }: MqttNative): WildcastError | undefined {
    const { shares, wildcards } = this.#server
    if (single && served === undefined && !shares)
      return new WildcastError('unsupported', 'the MQTT server no longer has shared subscriptions')
    if (wildcard && !wildcards)
      return new WildcastError('unsupported', `the MQTT server has no wildcards, which ${filter} needs`)
    return undefined
  }

  #subscribe(filter: string, sink: Sink): NativeSubscription {
    let ended = false
    const route = this.#routes.add(filter, (packet) => {
      const message = ended ? undefined : this.#exchange.read(packet)
      if (message) sink(packet.retain ? changeOf(message) : message)
    })
    return {
      confirmed: route.confirmed,
      end() {
        ended = true
        return route.end()
      },
    }
  }

  #serve(filter: string, subject: Subject, sink: Sink): NativeSubscription {
    const responder: Responder = { subject }
    this.#exchange.beforeServing?.()
    const route = this.#routes.add(this.#exchange.servedFilter(filter), (packet) => this.#take(packet, responder, sink))
    return {
      confirmed: route.confirmed,
      end: () => {
        void this.#owed.leave(responder)
        return route.end()
      },
    }
  }

  #take(packet: Incoming, responder: Responder, sink: Sink): void {
    const request = this.#exchange.readRequest(packet, responder.subject)
    // Requests on their way still arrive when the responder has left.
    if (request && this.#owed.ask(responder, request.responseSubject)) sink(request)
  }

  #refuse(answerOn: Pattern, subject: Subject): Promise<void> {
    const { code, message } = noServer(subject, 'left')
    return this.#exchange.publish({ subject: answerOn, payload: '', error: { code, message } })
  }
}

/** Returns the change of a value that a retained message is. */
function changeOf(message: BrokerMessage): BrokerMessage {
  const deleted = message.payload.length === 0 && { payload: '', deleted: true as const }
  return { ...message, retained: true, ...deleted }
}
