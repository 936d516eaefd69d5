import { WildcastError } from '@wildcast/protocol'
import type { Outbox } from '../../../core/outbox.js'
import { PublishThrottle } from '../publish-throttle.js'
import { protocolError } from './codec/fault.js'
import type { AckPacket, ClientPacket, DisconnectPacket, ServerPacket } from './codec/packets.js'
import { reasons } from './codec/reasons.js'
import { writePacket } from './codec/write-packet.js'
import type { Entering } from './entering.js'
import type { MqttLine } from './mqtt-line.js'
import type { MqttSession } from './mqtt-session.js'
import type { SessionOwner } from './mqtt-sessions.js'
import { MqttPublishing } from './publishing.js'
import { MqttSubscribing } from './subscribing.js'
import { type ClientTerms, canDo } from './terms.js'
import { ClientAliases, ServerAliases } from './topic-aliases.js'

/** The client, its connection, its session and their terms. */
export interface AcceptedOptions extends Entering, ClientTerms {
  readonly owner: SessionOwner
  readonly session: MqttSession
  readonly receiveMaximum: number
  readonly topicAliasMaximum: number
}

/** A packet after CONNECT. */
type Later = Exclude<ClientPacket, { readonly type: 'connect' }>

/** A client that is connected: acts on its packets with its session. */
export class AcceptedClient implements MqttLine {
  readonly outbox: Outbox
  readonly aliases: ServerAliases
  readonly #options: AcceptedOptions
  readonly #publishing: MqttPublishing
  readonly #subscribing: MqttSubscribing
  /** Whether errors have texts (MQTT 5, 3.1.2.11.7). */
  readonly #hasTexts: boolean
  #expiryMs: number

  constructor(options: AcceptedOptions) {
    const { packet, relay, encoder, connection, server, session } = options
    const canRetain = (): boolean => canDo(session.session.brokers, 'retained')
    const { version } = packet
    this.#options = options
    this.#expiryMs = options.expiryMs
    this.#hasTexts = packet.properties.requestProblemInfo !== 0
    this.aliases = new ServerAliases(options.clientAliases)
    const owner = { ended: () => {}, cutOff: () => options.cutOff() }
    this.outbox = relay.outbox(encoder, { wire: connection, owner })
    const send = (answer: ServerPacket): void => this.send(answer)
    this.#publishing = new MqttPublishing({
      version,
      session: session.session,
      incoming: session.incoming,
      aliases: new ClientAliases(options.topicAliasMaximum),
      throttle: new PublishThrottle(connection),
      counts: server.counts,
      receiveMaximum: options.receiveMaximum,
      canRetain,
      wall: () => relay.clock.wall(),
      send,
      lost: options.lost,
    })
    this.#subscribing = new MqttSubscribing({ session, sys: server.sys, canRetain, isOpen: options.isOpen, send })
  }

  get encoder(): Entering['encoder'] {
    return this.#options.encoder
  }

  get receiveMaximum(): number {
    return this.#options.clientWindow
  }

  get maximumPacketSize(): number {
    return this.#options.maximumPacketSize
  }

  get keepsSession(): boolean {
    return this.#expiryMs > 0
  }

  /** The keep-alive, in milliseconds. 0: none. */
  get keepAliveMs(): number {
    return this.#options.keepAlive * 1000
  }

  /** Continues the session on this connection. */
  begin(): void {
    this.#options.server.counts.connected++
    this.#options.session.attach(this)
  }

  /** Resolves when every publish and subscription is answered. */
  async whenAnswered(): Promise<void> {
    await Promise.all([this.#publishing.whenAnswered(), this.#subscribing.whenAnswered()])
  }

  /** @throws {MqttFault} if the packet breaks the protocol */
  act(packet: Later | Extract<ClientPacket, { readonly type: 'connect' }>): void {
    switch (packet.type) {
      case 'publish':
        this.#publishing.publish(packet)
        return
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'pubcomp':
        this.#acknowledged(packet)
        return
      case 'subscribe':
        this.#subscribing.subscribe(packet)
        return
      case 'unsubscribe':
        this.#subscribing.unsubscribe(packet)
        return
      case 'pingreq':
        this.send({ type: 'pingresp' })
        return
      case 'disconnect':
        this.#disconnected(packet)
        return
      default:
        throw protocolError(`a client sends no ${packet.type} here`)
    }
  }

  send(packet: ServerPacket): void {
    if (this.#options.isOpen()) this.write(packet)
  }

  /** Sends a packet, also before the client is accepted. */
  write(packet: ServerPacket): void {
    this.outbox.deliver({ bytes: this.#bytesOf(packet) })
  }

  end(reason: number, why: string): void {
    this.#options.end(reason, why)
  }

  /** Sends DISCONNECT to a client of MQTT 5, and ends the connection. */
  disconnect(reason: number, why: string): void {
    const bytes = this.#bytesOf({ type: 'disconnect', reason, properties: { reasonString: why } })
    if (bytes.length > 0) this.outbox.deliver({ bytes })
    this.outbox.end(new WildcastError('interrupted', why))
  }

  /** The connection is over: the session waits for another one, or ends. */
  leave(): void {
    const { server, session, owner } = this.#options
    server.counts.connected--
    this.outbox.close()
    if (session.line !== this) return // another connection has it, or it has ended
    session.detach()
    if (this.#expiryMs === 0) session.close('lost')
    else server.sessions.leave(owner, this.#expiryMs)
  }

  #acknowledged({ type, id, reason }: AckPacket): void {
    const { session, packet } = this.#options
    if (type === 'pubrel') this.#publishing.release(id)
    else if (type !== 'pubrec') session.finish(id, type)
    else if (reason >= reasons.unspecifiedError) session.finish(id, 'pubrec')
    else if (session.release(id)) this.send({ type: 'pubrel', id, reason: reasons.success, properties: {} })
    else this.send({ type: 'pubrel', id, reason: packet.version === 5 ? reasons.packetIdNotFound : 0, properties: {} })
  }

  #disconnected({ reason, properties }: DisconnectPacket): void {
    const { packet, session, left, settings } = this.#options
    const { sessionExpiry } = properties
    if (sessionExpiry !== undefined) {
      // [MQTT-3.14.2-2]: a session that ends with its connection can't be kept at the last moment.
      if (sessionExpiry > 0 && (packet.properties.sessionExpiry ?? 0) === 0)
        throw protocolError('DISCONNECT has a session expiry, and CONNECT had none')
      this.#expiryMs = Math.min(sessionExpiry * 1000, settings.sessionExpiryMs)
    }
    if (reason !== reasons.disconnectWithWill) session.withdrawWill()
    left()
  }

  #bytesOf(packet: ServerPacket): Uint8Array {
    const { packet: connect, maximumPacketSize } = this.#options
    const whole = writePacket(this.#hasTexts ? packet : withoutTexts(packet), connect.version)
    // [MQTT-3.4.2-2] and the like: what can be left out is.
    return whole.length <= maximumPacketSize ? whole : writePacket(withoutTexts(packet), connect.version)
  }
}

/** CONNACK, PUBLISH and DISCONNECT may have reason strings in any case [MQTT-3.1.2-29]. */
function withoutTexts(packet: ServerPacket): ServerPacket {
  if (!('properties' in packet) || packet.properties.reasonString === undefined) return packet
  const { reasonString, ...properties } = packet.properties
  return { ...packet, properties }
}
