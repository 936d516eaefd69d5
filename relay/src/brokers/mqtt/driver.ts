import { limits } from '@wildcast/protocol'
import type { Features, Interest } from '../../core/broker.js'
import { defaultValueCache } from '../../core/value-size.js'
import { readCertificates } from '../foreign/certificates.js'
import type { BrokerConnection, ConnectionEvents, Driver } from '../foreign/driver.js'
import type { ForeignPorts } from '../foreign/foreign-broker.js'
import type { MqttSettings } from '../settings.js'
import { Addresses } from './addresses.js'
import { MqttConnection } from './connection.js'
import type { ExchangePorts } from './exchange.js'
import { isOtherVersion, type MqttConnectionName } from './failures.js'
import { mqttFeatures } from './features.js'
import { envelope, raw } from './form.js'
import { Identifiers } from './identifiers.js'
import { MqttLanes } from './lanes.js'
import { type MqttNative, mqttNativeOf } from './native.js'
import { NativeExchange } from './native-exchange.js'
import { openWire } from './open-wire.js'
import { keepAliveOf, mqttAddressOf, type Version } from './options.js'
import { OriginalExchange } from './original-exchange.js'
import type { MqttServerFacts } from './server.js'
import { MqttValues, type MqttValuesPorts } from './values/mqtt-values.js'
import type { MqttWire, WireEvents } from './wire.js'

/** Opens connections to an MQTT server, and remembers its version and features. */
export class MqttDriver implements Driver<MqttNative> {
  readonly #settings: MqttSettings
  readonly #ports: ForeignPorts
  readonly #connection: MqttConnectionName
  readonly #id: string
  readonly #addresses: ExchangePorts['addresses'] = { requests: new Addresses(), messages: new Addresses() }
  #version: Version
  #server: MqttServerFacts | undefined

  constructor(settings: MqttSettings, ports: ForeignPorts) {
    this.#settings = settings
    this.#ports = ports
    this.#connection = {
      address: mqttAddressOf(settings.address),
      id: settings.id,
      keepAliveSeconds: keepAliveOf(settings),
    }
    this.#id = settings.id ?? ports.newId()
    this.#version = settings.version === '3.1.1' ? 4 : 5
  }

  get features(): Features {
    return mqttFeatures(this.#settings, this.#server)
  }

  nativeOf(interest: Interest): MqttNative {
    return mqttNativeOf(interest, this.features)
  }

  async connect({ lost, dropped }: ConnectionEvents): Promise<BrokerConnection<MqttNative>> {
    let received: WireEvents['received'] = () => {}
    const wire = await this.#openFirst({ lost, received: (packet) => received(packet) })
    const { server } = wire
    this.#server = server
    const routes = server.identifiers
      ? new Identifiers(wire, () => dropped('foreign_message'))
      : new MqttLanes({
          wire,
          clock: this.#ports.clock,
          open: (lane, take) => this.#open({ lost, received: take }, `-lane-${lane + 1}`),
        })
    received = (packet) => routes.received(packet)
    const { payload } = this.#settings
    const { clock, newId, maxPayload = limits.payloadBytes } = this.#ports
    const form = payload === 'envelope' ? envelope : raw
    const ports: ExchangePorts = { wire, routes, form, clock, newId, addresses: this.#addresses, maxPayload, dropped }
    const native = server.version === 5 && payload !== 'envelope'
    const exchange = native ? new NativeExchange(ports) : new OriginalExchange(ports)
    const values = this.features.retained === true ? this.#values({ ...ports, exchange }) : undefined
    return new MqttConnection({ server, routes, exchange, clock, values })
  }

  #values(ports: Omit<MqttValuesPorts, 'open' | 'valueCache'>): MqttValues {
    const { valueCache = defaultValueCache } = this.#ports
    return new MqttValues({ ...ports, valueCache, open: (events) => this.#open(events, '-values') })
  }

  /** If the server refuses the version, tries the other one, unless the settings name a version. */
  async #openFirst(events: WireEvents): Promise<MqttWire> {
    try {
      return await this.#open(events)
    } catch (failure) {
      if (this.#settings.version !== undefined || !isOtherVersion(failure)) throw failure
      this.#version = this.#version === 5 ? 4 : 5
      return this.#open(events)
    }
  }

  /** @param suffix - a server closes the older of two connections with the same id */
  async #open(events: WireEvents, suffix = ''): Promise<MqttWire> {
    const settings = this.#settings
    const { clock, newId, maxPayload } = this.#ports
    const certificates = await readCertificates(settings.tls)
    const identity = { id: this.#id + suffix, version: this.#version, certificates, maxPayload }
    return openWire({ settings, identity, connection: this.#connection, clock, newId }, events)
  }
}
