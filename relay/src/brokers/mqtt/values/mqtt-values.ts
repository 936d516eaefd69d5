import { isExact, matches, type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { StoredValue, ValuePage, ValuePageRequest, ValueStore, ValueWrite, Written } from '../../../core/store.js'
import { fitsClients } from '../../foreign/fits-clients.js'
import type { Exchange, ExchangePorts } from '../exchange.js'
import { factProperties } from '../facts.js'
import { headersOf, packetOf } from '../packet.js'
import { coverOf, topicOf } from '../subjects.js'
import type { Incoming } from '../wire.js'
import { Readings } from './readings.js'
import { RetainedMessages, type RetainedMessagesPorts } from './retained-messages.js'

export interface MqttValuesPorts extends Omit<ExchangePorts, 'addresses' | 'newId'> {
  readonly exchange: Pick<Exchange, 'read'>
  /** Opens a connection for the values only. */
  readonly open: RetainedMessagesPorts['open']
  /** See `ForeignPorts.valueCache`. */
  readonly valueCache: number
}

/**
 * The values of an MQTT server: its retained messages, also those of other programs. The server
 * numbers no changes.
 */
export class MqttValues implements ValueStore {
  readonly #ports: MqttValuesPorts
  readonly #retained: RetainedMessages
  readonly #readings: Readings

  constructor(ports: MqttValuesPorts) {
    const { clock, open, valueCache: limit } = ports
    this.#ports = ports
    this.#retained = new RetainedMessages({ open, clock })
    this.#readings = new Readings({ read: (pattern, take) => this.#readAll(pattern, take), clock, limit })
  }

  async write({ message, ifRevision, ttlMs, will }: ValueWrite): Promise<Written> {
    if (ifRevision !== undefined || ttlMs !== undefined || will)
      throw new WildcastError('unsupported', 'a value on MQTT has no condition, no expiry and no will')
    const { wire, form, clock } = this.#ports
    const { subject, responseSubject } = message
    const payload = message.payload.length === 0 ? '' : form.write(message)
    const responseTopic = form.carriesResponseSubject || !responseSubject ? undefined : topicOf(responseSubject)
    const facts = factProperties(message, wire.server, clock)
    const properties = { ...facts, responseTopic, headers: headersOf(message, false) }
    await wire.publish({ ...packetOf(topicOf(subject), payload, properties, wire.server), retain: true })
    // It is stored. The subscribers here receive it before it is acknowledged, or a gap if the
    // connection ends before.
    await this.mark().catch(() => {})
    return { kind: 'written', revision: undefined }
  }

  async read(subject: Subject): Promise<StoredValue | undefined> {
    let found: StoredValue | undefined
    await this.#readAll(subject, (value) => {
      found = value
    })
    return found
  }

  page(pattern: Pattern, request: ValuePageRequest): Promise<ValuePage> {
    return this.#readings.page(pattern, request)
  }

  mark(): Promise<void> {
    return this.#ports.routes.mark()
  }

  /** Never rejects. */
  close(): Promise<void> {
    this.#readings.close()
    return this.#retained.close()
  }

  async #readAll(pattern: Pattern, take: (value: StoredValue) => void): Promise<void> {
    const filter = isExact(pattern) ? topicOf(pattern) : coverOf(pattern).filter
    await this.#retained.read(filter, (packet) => {
      const value = this.#valueIn(packet)
      if (value && matches(pattern, value.subject)) take(value)
    })
  }

  /** Returns undefined, and counts the packet, if clients can't be sent it. */
  #valueIn({ topic, payload, properties }: Incoming): StoredValue | undefined {
    const { exchange, maxPayload, dropped } = this.#ports
    // Without the response topic of a question that was answered or forgotten long ago.
    const { responseTopic: _, ...kept } = properties ?? {}
    const message = exchange.read({ topic, payload, properties: kept })
    if (!message || message.payload.length === 0) return undefined
    if (!fitsClients(message, maxPayload)) {
      dropped('too_large')
      return undefined
    }
    const { subject, payload: bytes, headers, beside, expiresAt } = message
    // A copy: the packet shares its buffer with others.
    const value = { subject: subject as Subject, payload: typeof bytes === 'string' ? bytes : bytes.slice(), headers }
    return { ...value, ...(beside && { beside }), ...(expiresAt !== undefined && { expiresAt }) }
  }
}
