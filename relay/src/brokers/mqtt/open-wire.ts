import { Socket } from 'node:net'
import { connect, type MqttClient, UniqueMessageIdProvider } from 'mqtt'
import type { Clock } from '../../core/clock.js'
import { within } from '../../core/within.js'
import { readInTurns } from '../foreign/read-in-turns.js'
import type { MqttSettings } from '../settings.js'
import {
  type ConnectionEnd,
  type MqttConnectionName,
  mqttConnectFailure,
  mqttEndedError,
  mqttLossOf,
} from './failures.js'
import { intervals } from './intervals.js'
import { type ConnectionIdentity, mqttClientOptions } from './options.js'
import './puback-reasons.js'
import { lateError, publishRefusal, subscribeRefusal } from './refusals.js'
import { type MqttServerFacts, serverOf } from './server.js'
import { hearAll } from './signs-of-life.js'
import { Unanswered } from './unanswered.js'
import { window } from './window.js'
import type { MqttPublish, MqttWire, WireEvents } from './wire.js'

/**
 * For so long the end of a wire waits for the server, first for what is under way, then for the end
 * itself.
 */
const patienceMs = 1000

const noMatchingSubscribers = 0x10

export interface MqttWireOptions {
  readonly settings: MqttSettings
  readonly identity: ConnectionIdentity
  readonly where: MqttConnectionName
  readonly clock: Clock
}

/**
 * Opens a connection. @throws {WildcastError} `broker_down` with the remedy; its cause is that of
 * mqtt.js
 */
export function openWire({ settings, identity, where, clock }: MqttWireOptions, events: WireEvents): Promise<MqttWire> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(mqttConnectFailure(error, where))
    let client: MqttClient
    try {
      client = connect({
        ...mqttClientOptions(settings, identity),
        messageIdProvider: new UniqueMessageIdProvider(),
        timerVariant: intervals(clock),
      })
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
      // Small packets must not wait for the confirmation of others. A WebSocket sees to that
      // itself.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
      readInTurns(client.stream, clock)
      hearAll(client)
      const server = serverOf(packet, identity.version, settings.maxPacketSize)
      resolve(new OpenMqttWire(client, server, { where, clock, events }))
    })
  })
}

class OpenMqttWire implements MqttWire {
  readonly server: MqttServerFacts
  readonly #client: MqttClient
  readonly #clock: Clock
  readonly #window: ReturnType<typeof window>
  readonly #unanswered: Unanswered = new Unanswered()
  /** The reason of the PUBACK that mqtt.js is about to report; on success it tells none. */
  #reason = 0
  #ended = false
  #closing: Promise<void> | undefined

  constructor(
    client: MqttClient,
    server: MqttServerFacts,
    options: Pick<MqttWireOptions, 'where' | 'clock'> & { events: WireEvents },
  ) {
    const { where, clock, events } = options
    this.server = server
    this.#client = client
    this.#clock = clock
    this.#window = window(server.window, clock)
    const end = (how: ConnectionEnd): void => {
      if (this.#ended) return
      this.#end()
      if (!this.#closing) events.lost(mqttLossOf(how, where))
    }
    client.on('message', (_topic, _payload, packet) => {
      if (!this.#ended && !packet.retain) events.received(packet)
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
    return this.#unanswered.ask((settle) => {
      this.#client.subscribe(filter, options, (error, _granted, packet) => {
        const reason = packet?.granted[0]
        if (!error) settle(undefined)
        else settle(typeof reason === 'number' ? subscribeRefusal(reason, version) : mqttEndedError())
      })
    })
  }

  unsubscribe(filter: string): Promise<void> {
    // A wire that ends takes its subscriptions along, and a server that refuses an end has none to
    // speak of.
    return this.#unanswered
      .ask<void>((settle) => this.#client.unsubscribe(filter, () => settle(undefined)))
      .catch(() => {})
  }

  publish({ topic, payload, properties }: MqttPublish): Promise<boolean> {
    const options = { qos: 1, ...(properties && { properties }) } as const
    return this.#unanswered.ask((settle) => {
      const send = (): void => {
        if (this.#ended) return // which has settled it
        this.#client.publish(topic, payload, options, (error) => {
          const reason = this.#reason
          if (!error) settle(undefined, reason !== noMatchingSubscribers)
          else settle('code' in error ? publishRefusal(reason) : mqttEndedError())
          this.#window.leave()
        })
      }
      this.#window.enter(send, () => settle(lateError()))
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#leave()
    return this.#closing
  }

  async #leave(): Promise<void> {
    await within(patienceMs, this.#unanswered.quiet(), this.#clock)
    if (this.#ended) return
    // With something under way, mqtt.js would wait for it without an end.
    if (this.#unanswered.isEmpty) await within(patienceMs, this.#client.endAsync(), this.#clock)
    this.#end()
  }

  #end(): void {
    this.#ended = true
    this.#unanswered.end(mqttEndedError())
    this.#client.end(true)
    // An end in good order that the server does not answer.
    this.#client.stream.destroy()
  }
}
