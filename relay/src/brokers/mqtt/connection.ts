import { type Message, type Subject, WildcastError } from '@wildcast/protocol'
import type { RequestOptions } from '../broker.js'
import type { Connection, NativeSubscription, Sink } from '../foreign/driver.js'
import { type Exchange, nobodyServes } from './exchange.js'
import { endedError } from './failures.js'
import type { MqttNative } from './native.js'
import type { Routes } from './routes.js'
import type { Server } from './server.js'
import type { Incoming } from './wire.js'

interface Parts {
  readonly server: Server
  readonly routes: Routes
  readonly exchange: Exchange
}

/** A server here, and the questions that it owes an answer to. */
interface Serving {
  readonly subject: Subject
  readonly open: Set<Subject>
  left: boolean
}

/** Joins the subscriptions of one connection to the way in which its messages travel. */
export class MqttConnection implements Connection<MqttNative> {
  readonly #server: Server
  readonly #routes: Routes
  readonly #exchange: Exchange
  readonly #serving: Set<Serving> = new Set()

  constructor({ server, routes, exchange }: Parts) {
    this.#server = server
    this.#routes = routes
    this.#exchange = exchange
  }

  subscribe(native: MqttNative, sink: Sink): NativeSubscription {
    const refusal = this.#refusal(native)
    if (refusal) return { confirmed: Promise.reject(refusal), end: async () => {} }
    return native.served === undefined ? this.#listen(native.filter, sink) : this.#serve(native, native.served, sink)
  }

  async publish(message: Message): Promise<void> {
    await this.#exchange.publish(message)
    if (message.more) return
    for (const { open } of this.#serving) open.delete(message.subject as Subject)
  }

  request(message: Message, options: RequestOptions): Promise<Message> {
    return this.#exchange.request(message, options)
  }

  async close(): Promise<void> {
    for (const serving of this.#serving) this.#leave(serving)
    this.#exchange.end(endedError())
    await this.#routes.close()
  }

  /** The server may have changed since the interest was accepted. */
  #refusal({ filter, single, wildcard, served }: MqttNative): WildcastError | undefined {
    const { shares, wildcards } = this.#server
    if (single && served === undefined && !shares)
      return new WildcastError('unsupported', 'the MQTT server has no shared subscriptions any more')
    if (wildcard && !wildcards)
      return new WildcastError('unsupported', `the MQTT server has no wildcards, which ${filter} needs`)
    return undefined
  }

  #listen(filter: string, sink: Sink): NativeSubscription {
    let ended = false
    const route = this.#routes.add(filter, (packet) => {
      const message = ended ? undefined : this.#exchange.read(packet)
      if (message) sink(message)
    })
    return {
      confirmed: route.confirmed,
      end() {
        ended = true
        return route.end()
      },
    }
  }

  #serve({ filter }: MqttNative, subject: Subject, sink: Sink): NativeSubscription {
    const serving: Serving = { subject, open: new Set(), left: false }
    this.#serving.add(serving)
    const route = this.#routes.add(this.#exchange.servedFilter(filter), (packet) => this.#take(packet, serving, sink))
    return {
      confirmed: route.confirmed,
      end: async () => {
        this.#leave(serving)
        await route.end()
        this.#serving.delete(serving)
      },
    }
  }

  #take(packet: Incoming, serving: Serving, sink: Sink): void {
    const question = this.#exchange.question(packet, serving.subject)
    if (!question) return
    if (question.responseSubject !== undefined) serving.open.add(question.responseSubject)
    // Questions still come until the broker has confirmed the end.
    if (serving.left) this.#leave(serving)
    else sink(question)
  }

  /** Callers need not wait for an answer that will not come. */
  #leave(serving: Serving): void {
    serving.left = true
    const { code, message } = nobodyServes(serving.subject, 'left')
    for (const subject of serving.open)
      this.#exchange.publish({ subject, payload: '', error: { code, message } }).catch(() => {
        // They wait until their time is over, as they would have anyway.
      })
    serving.open.clear()
  }
}
