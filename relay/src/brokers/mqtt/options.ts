import { limits } from '@wildcast/protocol'
import type { IClientOptions } from 'mqtt'
import type { Certificates } from '../foreign/certificates.js'
import type { MqttSettings } from '../settings.js'

/** As the protocol counts its versions: 4 is MQTT 3.1.1. */
export type Version = 4 | 5

/** Where the server is, and whom its address names. */
export interface MqttAddress {
  readonly protocol: 'mqtt' | 'mqtts' | 'ws' | 'wss'
  /** An address of IPv6 without its brackets, except where it stays part of a URL. */
  readonly host: string
  readonly port: number
  /** Of a WebSocket. */
  readonly path: string
  /** For messages: without credentials. */
  readonly shown: string
  readonly encrypted: boolean
  readonly username?: string
  readonly password?: string
}

/** What one connection adds to the settings. */
export interface ConnectionIdentity {
  readonly id: string
  readonly version: Version
  readonly certificates: Certificates
  /** Bytes of the longest payload that clients may be sent. */
  readonly maxPayload?: number | undefined
}

const protocols = { mqtt: 'mqtt', tcp: 'mqtt', mqtts: 'mqtts', ssl: 'mqtts', ws: 'ws', wss: 'wss' } as const
const defaultPorts = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 }
const defaultKeepAliveMs = 5000
/** On the wire the interval has two bytes. */
const longestKeepAlive = 65_535

/** For this long a server may take to answer the first packet. */
const connectTimeoutMs = 5000

/**
 * Longer packets a server keeps to itself. Those up to here that clients can't be sent are counted.
 */
const longestPacket = 16 * 1024 * 1024

/** @throws {TypeError} where it is no MQTT address */
export function mqttAddressOf(address: string): MqttAddress {
  const url = new URL(address)
  const scheme = url.protocol.slice(0, -1)
  if (!isScheme(scheme)) throw new TypeError(`"${scheme}://" is no scheme of an MQTT address`)
  const protocol = protocols[scheme]
  const webSocket = protocol === 'ws' || protocol === 'wss'
  const port = Number(url.port) || defaultPorts[protocol]
  return {
    protocol,
    host: webSocket ? url.hostname : url.hostname.replace(/^\[|\]$/g, ''),
    port,
    path: webSocket ? `${url.pathname}${url.search}` : '',
    shown: `${scheme}://${url.hostname}:${port}${webSocket ? url.pathname : ''}`,
    encrypted: protocol === 'mqtts' || protocol === 'wss',
    ...(url.username ? { username: decode(url.username) } : {}),
    ...(url.password ? { password: decode(url.password) } : {}),
  }
}

/** The keep-alive interval on the wire, in seconds. */
export function keepAliveOf({ keepAliveMs, pingIntervalMs }: MqttSettings): number {
  const seconds = Math.ceil((keepAliveMs ?? pingIntervalMs ?? defaultKeepAliveMs) / 1000)
  return Math.min(Math.max(seconds, 1), longestKeepAlive)
}

/** What one connection of mqtt.js is opened with. It ends once and repairs nothing by itself. */
export function mqttClientOptions(settings: MqttSettings, identity: ConnectionIdentity): IClientOptions {
  const { protocol, host, port, path, username, password } = mqttAddressOf(settings.address)
  const { id, version, certificates, maxPayload = limits.payloadBytes } = identity
  return {
    protocol,
    host,
    hostname: host,
    port,
    ...(path ? { path, wsOptions: { perMessageDeflate: false } } : {}),
    ...credentials(settings.credentials ?? { username, password }),
    ...certificates,
    clientId: id,
    protocolVersion: version,
    clean: true,
    keepalive: keepAliveOf(settings),
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // Its log would show credentials.
    log: () => {},
    ...(version === 5 ? { properties: { maximumPacketSize: Math.max(longestPacket, 2 * maxPayload) } } : {}),
  }
}

function isScheme(scheme: string): scheme is keyof typeof protocols {
  return Object.hasOwn(protocols, scheme)
}

function credentials({ username, password }: { username?: string | undefined; password?: string | undefined }): {
  username?: string
  password?: string
} {
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a "%" that was meant as such
  }
}
