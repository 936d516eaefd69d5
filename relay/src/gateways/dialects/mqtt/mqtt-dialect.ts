import { WildcastError } from '@wildcast/protocol'
import type { RelayView } from '../../../core/relay.js'
import type { ClientConnection, Dialect } from '../../connections/connection.js'
import type { NewClient, OpenDialect } from '../dialect.js'
import { acceptClient } from './accept-client.js'
import type { AcceptedClient } from './accepted-client.js'
import { MqttFault } from './codec/fault.js'
import type { ClientPacket, ConnectPacket, MqttVersion, ServerPacket } from './codec/packets.js'
import { PacketReader } from './codec/read-packet.js'
import { reasons } from './codec/reasons.js'
import { writePacket } from './codec/write-packet.js'
import { type MqttFraming, mqttEncoder } from './encoders.js'
import { packetRest } from './entering.js'
import type { MqttGatewaySettings } from './mqtt-gateway-settings.js'
import type { MqttServer } from './mqtt-server.js'
import { reasonOfError } from './reason-of-error.js'

/** A client id of 65,535 bytes, a will and its properties. */
const connectBytes = 320 * 1024

/** How a port opens connections. */
export interface MqttPort {
  readonly server: MqttServer
  /** Ports with the same scope see the same brokers, and share sessions. */
  readonly scope: string
  readonly settings: MqttGatewaySettings
}

/** MQTT 3.1, 3.1.1 and 5.0 on connections of this kind. */
export function mqttDialect(port: MqttPort, framing: MqttFraming): OpenDialect {
  return (relay, connection, client) => new MqttDialect({ ...port, framing, relay, connection, client })
}

interface ConnectionOptions extends MqttPort {
  readonly framing: MqttFraming
  readonly relay: RelayView
  readonly connection: ClientConnection
  readonly client: NewClient
}

/** A connection of an MQTT client. */
export class MqttDialect implements Dialect {
  readonly #options: ConnectionOptions
  readonly #reader: PacketReader
  #state: 'new' | 'entering' | 'open' | 'over' = 'new'
  /** Packets that came while the client was not known yet. */
  #early: ClientPacket[] = []
  #client: AcceptedClient | undefined
  /** Ends the timer of the deadline for CONNECT, then that of the keep-alive. */
  #stopClock: () => void
  #heardAt: number

  constructor(options: ConnectionOptions) {
    const { clock, limits } = options.relay
    this.#options = options
    this.#reader = new PacketReader({ connectBytes, packetBytes: limits.payload + packetRest })
    this.#heardAt = clock.now()
    this.#stopClock = clock.after(limits.entryMs, () => this.#close('timeout', 'the client is not known in time'))
  }

  receive(data: string | Uint8Array): void {
    if (this.#state === 'over') return
    this.#heardAt = this.#options.relay.clock.now()
    try {
      if (typeof data === 'string') throw new MqttFault(reasons.malformedPacket, 'MQTT has no text messages')
      this.#reader.read(data, (packet) => this.#take(packet))
    } catch (cause) {
      if (!(cause instanceof MqttFault)) throw cause
      this.#fail(cause)
    }
  }

  /** Only clients ping in MQTT; a WebSocket has pings of its own. */
  ping(): void {
    this.#options.connection.ping()
  }

  async whenAnswered(): Promise<void> {
    await this.#client?.whenAnswered()
  }

  end(error: WildcastError): void {
    if (error.code === 'going_away') this.#end(reasons.serverShuttingDown, error.message)
    else this.#end(reasonOfError(error, 'publish'), error.message)
  }

  close(): void {
    if (this.#state === 'over' && !this.#client) return
    this.#over()
  }

  get #version(): MqttVersion {
    return this.#reader.version ?? 4
  }

  #take(packet: ClientPacket): void {
    if (this.#state === 'over') return
    if (this.#state === 'entering') this.#early.push(packet)
    else if (packet.type === 'connect') this.#connect(packet)
    else this.#client?.act(packet)
  }

  #connect(packet: ConnectPacket): void {
    const { connection, relay, client, server, scope, settings, framing } = this.#options
    this.#state = 'entering'
    // Nothing more is read until the client is known.
    const resume = connection.pause()
    const encoder = mqttEncoder(packet.version, framing)
    acceptClient({
      packet,
      relay,
      client,
      server,
      scope,
      settings,
      encoder,
      connection,
      isOpen: () => !this.#isOver,
      accepted: (accepted) => this.#open(accepted),
      end: (reason, why) => this.#end(reason, why),
      lost: (why) => this.#close('broker_down', why),
      cutOff: () => this.#over(),
      left: () => this.#close('interrupted', 'the client has disconnected'),
    })
      .catch((cause) => this.#refuse(cause))
      .finally(resume)
  }

  #open(accepted: AcceptedClient): void {
    this.#state = 'open'
    this.#client = accepted
    this.#stopClock()
    this.#watch(accepted.keepAliveMs)
    const early = this.#early
    this.#early = []
    try {
      for (const packet of early) if (!this.#isOver) this.#take(packet)
    } catch (cause) {
      if (!(cause instanceof MqttFault)) throw cause
      this.#fail(cause)
    }
  }

  get #isOver(): boolean {
    return this.#state === 'over'
  }

  /** Closes the connection after one and a half times the keep-alive [MQTT-3.1.2-22]. */
  #watch(keepAliveMs: number): void {
    if (keepAliveMs === 0) return
    const { clock } = this.#options.relay
    const limitMs = 1.5 * keepAliveMs
    const check = (): void => {
      if (this.#options.connection.paused) this.#heardAt = clock.now()
      const leftMs = this.#heardAt + limitMs - clock.now()
      if (leftMs > 0) this.#stopClock = clock.after(leftMs, check)
      else this.#end(reasons.keepAliveTimeout, `nothing was received for ${limitMs / 1000} s`)
    }
    this.#stopClock = clock.after(limitMs, check)
  }

  #refuse(cause: unknown): void {
    if (this.#state === 'over') return
    if (cause instanceof MqttFault) {
      this.#fail(cause)
      return
    }
    const error = WildcastError.from(cause)
    if (error.code === 'internal') this.#options.relay.onError(error, { stage: 'mqtt' })
    const reason = reasonOfError(error, 'connect')
    // As mosquitto: return code 4 would be for malformed names and passwords.
    const isWrong = reason === reasons.badUserOrPassword && this.#version < 5
    this.#fail(new MqttFault(isWrong ? reasons.notAuthorized : reason, error.message))
  }

  /** The client has broken the protocol, or may not connect. */
  #fail({ reason, message }: MqttFault): void {
    if (this.#client) {
      this.#end(reason, message)
      return
    }
    // MQTT 3 answers a CONNECT that it can read, and closes over all others.
    const isAnswered = this.#version === 5 ? this.#reader.version !== undefined : this.#state === 'entering'
    if (isAnswered || reason === reasons.unsupportedVersion) {
      const properties = { reasonString: message }
      this.#writeNow({ type: 'connack', sessionPresent: false, reason, properties })
    }
    this.#close('invalid_frame', message)
  }

  /** Before the outbox, and for what must not wait in it. */
  #writeNow(packet: ServerPacket): void {
    const { connection, framing } = this.#options
    const bytes = writePacket(packet, this.#version)
    connection.write(mqttEncoder(this.#version, framing).join([bytes], bytes.length))
  }

  /** Ends the connection, with a reason for clients of MQTT 5. */
  #end(reason: number, why: string): void {
    if (this.#state === 'over') return
    const client = this.#client
    if (!client) {
      this.#fail(new MqttFault(reason, why))
      return
    }
    client.disconnect(reason, why)
    this.#over()
  }

  #close(code: 'timeout' | 'broker_down' | 'interrupted' | 'invalid_frame', why: string): void {
    this.#options.connection.end(new WildcastError(code, why))
    this.#over()
  }

  #over(): void {
    this.#state = 'over'
    this.#stopClock()
    const client = this.#client
    this.#client = undefined
    client?.leave()
  }
}
