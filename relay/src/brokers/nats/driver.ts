import type { Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import { connect, type NatsConnection } from 'nats'
import type { Features, Interest } from '../../core/broker.js'
import { defaultStoreLimits } from '../../stores/limits.js'
import { everyFeature } from '../every-feature.js'
import type { ConnectionEvents, Driver } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import { readInTurns } from '../foreign/read-in-turns.js'
import { keepsNoValues } from '../keeps-no-values.js'
import type { NatsSettings } from '../settings.js'
import { type NatsAddress, natsAddressOf } from './address.js'
import { type ConnectionStore, ServerConnection } from './connection.js'
import { type Greeting, greeting } from './greeting.js'
import { noHeaders } from './message-form.js'
import { connectionOptions, connectTimeoutMs, filesOf, type NatsFiles } from './options.js'
import { connectRefusal } from './refusal.js'
import { type NatsNative, natsNativeOf, oneSubject } from './subjects.js'
import { HeldChanges } from './values/held-changes.js'
import { JetStream } from './values/jet-stream.js'
import { jetStreamSupportOf } from './values/jet-stream-support.js'
import { type NatsValuesContext, ValuesStream } from './values/values-stream.js'

/** The driver of NATS. */
export class NatsDriver implements Driver<NatsNative> {
  readonly #settings: NatsSettings
  readonly #ports: Pick<ForeignPorts, 'clock' | 'newId'>
  /** In the order of the next tries: the address that was used last comes last. */
  #addresses: readonly NatsAddress[]
  readonly #values: NatsValuesContext
  #headers = true
  #keeps: true | string = true

  /** @throws {RangeError} if an address is invalid */
  constructor(settings: NatsSettings, ports: Pick<ForeignPorts, 'clock' | 'newId'>) {
    this.#settings = settings
    this.#ports = ports
    this.#addresses = settings.addresses.map(natsAddressOf)
    const limits = { ...defaultStoreLimits, ...settings.store }
    this.#values = { limits, newest: { term: '', seq: 0 }, clock: ports.clock }
  }

  get features(): Features {
    return {
      queue: true,
      request: true,
      serve: true,
      response_subject: true,
      headers: this.#headers || noHeaders,
      wildcard: oneSubject,
      ...(this.#keeps === true
        ? { retained: true, conditional: true, ttl: noTtl, presence: everyFeature.presence }
        : keepsNoValues(this.#keeps)),
      history: 'Wildcast keeps no history on NATS yet',
    }
  }

  nativeOf(interest: Interest): NatsNative {
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
      const store = await this.#storeAt(nats, events)
      return new ServerConnection({ nats, events, clock, newId, store, hasOtherServer: this.#addresses.length > 1 })
    } catch (cause) {
      return connectRefusal(address, cause, {
        auth: this.#settings.auth ?? address.auth,
        greeting: greeted,
        clientCertificate: files.cert !== undefined,
      })
    }
  }

  /** Returns the values that relays keep at a server, or undefined if they can't. */
  async #storeAt(nats: NatsConnection, { lost }: ConnectionEvents): Promise<ConnectionStore | undefined> {
    const jetStream = new JetStream(nats)
    const stream = new ValuesStream({ ...this.#values, nats, jetStream, failed: lost })
    try {
      const { can, isTemporary = false } = await jetStreamSupportOf(nats, stream, this.#ports.clock)
      this.#keeps = can
      if (isTemporary) this.#askAgain(nats, stream, lost)
    } catch (cause) {
      await nats.close()
      throw cause
    }
    return this.#keeps === true
      ? { jetStream, stream, limits: this.#values.limits, held: new HeldChanges() }
      : undefined
  }

  /** Connects again when JetStream works: subscribers get a gap, and the values. */
  #askAgain(nats: NatsConnection, stream: ValuesStream, lost: ConnectionEvents['lost']): void {
    const { clock } = this.#ports
    const ask = async (): Promise<void> => {
      const { can, isTemporary = false } = await jetStreamSupportOf(nats, stream, clock)
      if (can === true) lost(new WildcastError('broker_down', 'JetStream at the NATS server works again'))
      else if (isTemporary) this.#askAgain(nats, stream, lost)
    }
    const stop = clock.after(askAgainMs, () => void ask().catch(() => {})) // the connection has ended
    void nats.closed().then(stop)
  }
}

/** How long JetStream has to recover before it is asked again. */
const askAgainMs = 5000

const noTtl = 'values on NATS do not expire; leave out "ttl", and delete the value'

/** The library has no public access to its socket. */
function socketOf(nats: NatsConnection): Socket {
  return (nats as unknown as { readonly protocol: { readonly transport: { readonly socket: Socket } } }).protocol
    .transport.socket
}
