import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import { connect, type NatsConnection } from 'nats'
import type { Features, Interest } from '../../core/broker.js'
import type { HistoryRules } from '../../core/history-rules.js'
import type { ConnectionEvents, Driver } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { readInTurns } from '../foreign/read-in-turns.js'
import type { NatsSettings } from '../settings.js'
import { type NatsAddress, natsAddressOf } from './address.js'
import { ServerConnection } from './connection.js'
import { type Greeting, greeting } from './greeting.js'
import { answersReason } from './history/nats-history.js'
import { noHeaders } from './message-form.js'
import { connectionOptions, connectTimeoutMs, filesOf, type NatsFiles } from './options.js'
import { connectRefusal } from './refusal.js'
import { NatsStores } from './stores.js'
import { type NatsNative, natsNativeOf, oneSubject } from './subjects.js'

/** The driver of NATS. */
export class NatsDriver implements Driver<NatsNative> {
  readonly #settings: NatsSettings
  readonly #ports: Pick<ForeignPorts, 'clock' | 'newId'>
  /** In the order of the next tries: the address that was used last comes last. */
  #addresses: readonly NatsAddress[]
  readonly #stores: NatsStores
  #headers = true

  /** @throws {RangeError} if an address is invalid */
  constructor(settings: NatsSettings, ports: Pick<ForeignPorts, 'clock' | 'newId'>) {
    this.#settings = settings
    this.#ports = ports
    this.#addresses = settings.addresses.map(natsAddressOf)
    this.#stores = new NatsStores(settings, ports)
  }

  get features(): Features {
    return {
      queue: true,
      request: true,
      serve: true,
      response_subject: true,
      headers: this.#headers || noHeaders,
      wildcard: oneSubject,
      ...this.#stores.features,
    }
  }

  get rules(): HistoryRules | undefined {
    return this.#stores.rules
  }

  nativeOf(interest: Interest): NatsNative {
    const { rules, features } = this.#stores
    if (interest.serve && features.history === true && rules?.of(interest.pattern) !== undefined)
      throw new WildcastError('unsupported', answersReason)
    return natsNativeOf(interest)
  }

  async connect(events: ConnectionEvents): Promise<ServerConnection> {
    const files = await filesOf(this.#settings)
    const refusals: string[] = []
    for (const address of this.#addresses) {
      this.#addresses = [...this.#addresses.filter((other) => other !== address), address]
      const connection = await this.#connectTo(address, files, events)
      if (typeof connection !== 'string') return connection
      refusals.push(connection)
    }
    throw new WildcastError('broker_down', refusals.join('. '))
  }

  /** Resolves with a connection, or with the reason for a failure. */
  async #connectTo(
    address: NatsAddress,
    files: NatsFiles,
    events: ConnectionEvents,
  ): Promise<ServerConnection | string> {
    const { clock, newId } = this.#ports
    let greeted: Greeting | undefined
    try {
      greeted = await greeting(address, clock, connectTimeoutMs)
      const nats = await connect(connectionOptions(this.#settings, address, greeted, files))
      readInTurns(socketOf(nats), clock)
      this.#headers = nats.info?.headers === true
      const stores = await this.#stores.at(nats, events)
      return new ServerConnection({ nats, events, clock, newId, ...stores, hasOtherServer: this.#addresses.length > 1 })
    } catch (cause) {
      return connectRefusal(address, cause, {
        auth: this.#settings.auth ?? address.auth,
        greeting: greeted,
        clientCertificate: files.cert !== undefined,
      })
    }
  }
}

/** The library has no public access to its socket. */
function socketOf(nats: NatsConnection): Socket {
  return (nats as unknown as { readonly protocol: { readonly transport: { readonly socket: Socket } } }).protocol
    .transport.socket
}
