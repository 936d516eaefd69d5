import { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import { connect, type IClientSubscribeOptions, type MqttClient, UniqueMessageIdProvider } from 'mqtt'
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
import { keepAliveByData } from './keep-alive.js'
import { Marks } from './marks.js'
import { type ReceiveWindow, receiveWindow } from './receive-window.js'
import { lateError, publishRefusal, subscribeRefusal } from './refusals.js'
import { type MqttServerFacts, serverOf } from './server.js'
import { Unanswered } from './unanswered.js'
import type { MqttPublish, MqttWire, WireEvents } from './wire.js'

/** How long `close` waits for the server: once for pending calls, and once for the disconnect. */
const closeMs = 1000

const noMatchingSubscribers = 0x10

export interface MqttWireOptions {
  readonly settings: MqttSettings
  readonly identity: ConnectionIdentity
  readonly connection: MqttConnectionName
  readonly clock: Clock
  readonly newId: () => string
}

/**
 * Opens a connection.
 * @throws {WildcastError} `broker_down` with the remedy, and the error of mqtt.js as its cause
 */
export function openWire(
  { settings, identity, connection, clock, newId }: MqttWireOptions,
  events: WireEvents,
): Promise<MqttWire> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(mqttConnectFailure(error, connection))
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
      // Small packets must not wait for the TCP acknowledgement of others. WebSockets set this
      // already.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
      readInTurns(client.stream, clock)
      keepAliveByData(client)
      const server = serverOf(packet, identity.version, settings.maxPacketSize)
      resolve(new OpenMqttWire(client, server, { connection, clock, newId, events }))
    })
  })
}

class OpenMqttWire implements MqttWire {
  readonly server: MqttServerFacts
  readonly #client: MqttClient
  readonly #clock: Clock
  readonly #window: ReceiveWindow
  readonly #unanswered: Unanswered = new Unanswered()
  readonly #marks: Marks
  /** The reason of the PUBACK that mqtt.js reports next: on success it omits the reason. */
  #reason = 0
  #ended = false
  #closing: Promise<void> | undefined

  constructor(
    client: MqttClient,
    server: MqttServerFacts,
    options: Pick<MqttWireOptions, 'connection' | 'clock' | 'newId'> & { events: WireEvents },
  ) {
    const { connection, clock, newId, events } = options
    this.server = server
    this.#client = client
    this.#clock = clock
    this.#window = receiveWindow(server.window, clock)
    this.#marks = new Marks({ wire: this, topic: `_reply/${newId()}/mark`, clock })
    const end = (how: ConnectionEnd): void => {
      if (this.#ended) return
      this.#end()
      if (!this.#closing) events.lost(mqttLossOf(how, connection))
    }
    client.on('message', (_topic, _payload, packet) => {
      if (this.#ended || this.#marks.received(packet)) return
      // MQTT 3.1.1 sends retained messages at each subscription, and sets `retain` for those only.
      if (server.version === 5 || !packet.retain) events.received(packet)
    })
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback') this.#reason = packet.reasonCode ?? 0
    })
    client.on('disconnect', ({ reasonCode }) => end({ reason: reasonCode ?? 0 }))
    client.on('error', (error) => end({ error }))
    client.on('close', () => end({}))
  }

  subscribe(filter: string, identifier?: number): Promise<void> {
    // `rh: 2` requests no retained messages. MQTT 3.1.1 sends them, and they are dropped above.
    // `rap` keeps the mark of later ones.
    return this.#subscribe(filter, {
      qos: 1,
      rh: 2,
      rap: true,
      ...(identifier && { properties: { subscriptionIdentifier: identifier } }),
    })
  }

  subscribeRetained(filter: string): Promise<void> {
    return this.#subscribe(filter, { qos: 0, rh: 0, rap: false })
  }

  mark(): Promise<void> {
    return this.#unanswered.send((settle) => {
      this.#marks.mark().then(
        () => settle(undefined),
        (cause) => settle(WildcastError.from(cause)),
      )
    })
  }

  #subscribe(filter: string, options: IClientSubscribeOptions): Promise<void> {
    const { version } = this.server
    return this.#unanswered.send((settle) => {
      this.#client.subscribe(filter, options, (error, _granted, packet) => {
        const reason = packet?.granted[0]
        if (!error) settle(undefined)
        else settle(typeof reason === 'number' ? subscribeRefusal(reason, version) : mqttEndedError())
      })
    })
  }

  unsubscribe(filter: string): Promise<void> {
    // A connection that has ended has no subscriptions. A server refuses only if it has none.
    return this.#unanswered
      .send<void>((settle) => this.#client.unsubscribe(filter, () => settle(undefined)))
      .catch(() => {})
  }

  publish({ topic, payload, properties, retain = false }: MqttPublish): Promise<boolean> {
    const options = { qos: 1, retain, ...(properties && { properties }) } as const
    return this.#unanswered.send((settle) => {
      const send = (): void => {
        if (this.#ended) return // `end` has settled it
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
    this.#closing ??= this.#disconnect()
    return this.#closing
  }

  async #disconnect(): Promise<void> {
    await within(closeMs, this.#unanswered.whenIdle(), this.#clock)
    if (this.#ended) return
    // mqtt.js would wait for unanswered packets without a limit.
    if (this.#unanswered.isEmpty) await within(closeMs, this.#client.endAsync(), this.#clock)
    this.#end()
  }

  #end(): void {
    this.#ended = true
    this.#unanswered.end(mqttEndedError())
    this.#client.end(true)
    // A server may not answer the disconnect.
    this.#client.stream.destroy()
  }
}
