import { Socket } from 'node:net'
import type { WildcastError } from '@wildcast/protocol'
import { connect, type IPublishPacket, type MqttClient, UniqueMessageIdProvider } from 'mqtt'
import type { Clock } from '../../core/clock.js'
import type { MqttSettings } from '../settings.js'
import { connectFailure, type End, endedError, lossOf, type Where } from './failures.js'
import { type ConnectionIdentity, clientOptions } from './options.js'
import './puback-reasons.js'
import { recentPackets } from './recent-packets.js'
import { publishRefusal, subscribeRefusal } from './refusals.js'
import { type Server, serverOf } from './server.js'
import { window } from './window.js'

export type Incoming = Pick<IPublishPacket, 'topic' | 'payload' | 'properties'>
export type Properties = NonNullable<IPublishPacket['properties']>

export interface Outgoing {
  readonly topic: string
  readonly payload: string | Buffer
  readonly properties?: Properties | undefined
}

export interface WireEvents {
  /** What a subscription brings, once each, and nothing that was retained. */
  received(packet: Incoming): void
  /** It has ended by itself. Whatever waited has failed. */
  lost(cause: WildcastError): void
}

/** One connection to an MQTT server: it ends once. With its end whatever waits for it fails with `broker_down`. */
export interface Wire {
  readonly server: Server
  /** The identifier comes back with what the filter brings. @throws {WildcastError} `forbidden` … */
  subscribe(filter: string, identifier?: number): Promise<void>
  /** Resolves when the server has confirmed it, or the wire has ended. */
  unsubscribe(filter: string): Promise<void>
  /** At least once, in order. Resolves with whether anybody subscribes, as far as the server says. @throws {WildcastError} */
  publish(packet: Outgoing): Promise<boolean>
  /** Ends it in good order, waiting a little for what is under way. Never rejects. */
  close(): Promise<void>
}

/** For so long the end of a wire waits for the server, first for what is under way, then for the end itself. */
const patienceMs = 1000

const noMatchingSubscribers = 0x10

export interface WireOptions {
  readonly settings: MqttSettings
  readonly identity: ConnectionIdentity
  readonly where: Where
  readonly clock: Clock
}

/** Opens a connection. @throws {WildcastError} `broker_down` with the remedy; its cause is that of mqtt.js */
export function openWire({ settings, identity, where, clock }: WireOptions, events: WireEvents): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(connectFailure(error, where))
    let client: MqttClient
    try {
      client = connect({ ...clientOptions(settings, identity), messageIdProvider: new UniqueMessageIdProvider() })
    } catch (error) {
      fail(error) // an unusable certificate
      return
    }
    const early = (error?: unknown): void => {
      fail(error)
      client.end(true)
    }
    client.once('error', early)
    client.once('close', early)
    client.once('connect', (packet) => {
      client.off('error', early)
      client.off('close', early)
      // Small packets must not wait for the confirmation of others. A WebSocket sees to that itself.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
      resolve(new MqttWire(client, serverOf(packet, identity.version), { where, clock, events }))
    })
  })
}

type Settle<Value> = (error: WildcastError | undefined, value?: Value) => void

class MqttWire implements Wire {
  readonly server: Server
  readonly #client: MqttClient
  readonly #clock: Clock
  readonly #window: ReturnType<typeof window>
  /** Fails what waits for the server. */
  readonly #waiting: Set<(error: WildcastError) => void> = new Set()
  /** The reason of the PUBACK that mqtt.js is about to report; on success it tells none. */
  #reason = 0
  #ended = false
  #closing: Promise<void> | undefined
  #quiet: () => void = () => {}

  constructor(
    client: MqttClient,
    server: Server,
    options: Pick<WireOptions, 'where' | 'clock'> & { events: WireEvents },
  ) {
    const { where, clock, events } = options
    this.server = server
    this.#client = client
    this.#clock = clock
    this.#window = window(server.window)
    const recent = recentPackets()
    const end = (how: End): void => {
      if (this.#ended) return
      this.#end()
      if (!this.#closing) events.lost(lossOf(how, where))
    }
    client.on('message', (_topic, _payload, packet) => {
      if (!this.#ended && !packet.retain && !recent.isRepeated(packet)) events.received(packet)
    })
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback') this.#reason = packet.reasonCode ?? 0
    })
    client.on('disconnect', ({ reasonCode }) => end({ reason: reasonCode ?? 0 }))
    client.on('error', (error) => end({ error }))
    client.on('close', () => end({}))
  }

  subscribe(filter: string, identifier?: number): Promise<void> {
    const { version } = this.server
    // 2: nothing that was retained. MQTT 3.1.1 can't say so: there it is recognised when it comes.
    const options = {
      qos: 1,
      rh: 2,
      ...(identifier && { properties: { subscriptionIdentifier: identifier } }),
    } as const
    return this.#ask((settle) => {
      this.#client.subscribe(filter, options, (error, _granted, packet) => {
        const reason = packet?.granted[0]
        if (!error) settle(undefined)
        else settle(typeof reason === 'number' ? subscribeRefusal(reason, version) : endedError())
      })
    })
  }

  unsubscribe(filter: string): Promise<void> {
    return this.#ask<void>((settle) => this.#client.unsubscribe(filter, () => settle(undefined))).catch(() => {})
  }

  publish({ topic, payload, properties }: Outgoing): Promise<boolean> {
    const options = { qos: 1, ...(properties && { properties }) } as const
    return this.#ask((settle) => {
      this.#window.enter(() => {
        if (this.#ended) return // which has settled it
        this.#client.publish(topic, payload, options, (error) => {
          const reason = this.#reason
          if (!error) settle(undefined, reason !== noMatchingSubscribers)
          else settle('code' in error ? publishRefusal(reason) : endedError())
          this.#window.leave()
        })
      })
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave()
    return this.#closing
  }

  #ask<Value>(start: (settle: Settle<Value>) => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(endedError())
        return
      }
      this.#waiting.add(reject)
      start((error, value) => {
        this.#waiting.delete(reject)
        if (error) reject(error)
        else resolve(value as Value)
        if (this.#waiting.size === 0) this.#quiet()
      })
    })
  }

  async #leave(): Promise<void> {
    if (this.#waiting.size > 0)
      await this.#atMost((quiet) => {
        this.#quiet = quiet
      })
    if (this.#ended) return
    // With something under way, mqtt.js would wait for it without an end.
    if (this.#waiting.size === 0) await this.#atMost((ended) => this.#client.end(false, {}, ended))
    this.#end()
  }

  #atMost(run: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#clock.after(patienceMs, resolve)
      run(() => {
        stop()
        resolve()
      })
    })
  }

  #end(): void {
    this.#ended = true
    for (const fail of this.#waiting) fail(endedError())
    this.#waiting.clear()
    this.#quiet()
    this.#client.end(true)
    // An end in good order that the server does not answer.
    this.#client.stream.destroy()
  }
}
