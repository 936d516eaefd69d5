import { limits } from '@wildcast/protocol'
import type { IClientOptions } from 'mqtt'
import type { Certificates } from '../foreign/certificates.js'
import type { MqttSettings } from '../settings.js'

/** The version number of the protocol: 4 is MQTT 3.1.1. */
export type Version = 4 | 5

/** The address of a server, with its credentials. */
export interface MqttAddress {
  readonly protocol: 'mqtt' | 'mqtts' | 'ws' | 'wss'
  /** An IPv6 address has no brackets, except in the URL of a WebSocket. */
  readonly host: string
  readonly port: number
  /** The path of a WebSocket. */
  readonly path: string
  /** The address without credentials, for messages. */
  readonly shown: string
  readonly encrypted: boolean
  readonly username?: string
  readonly password?: string
}

/** The options of one connection besides the settings. */
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
/** The protocol has two bytes for the interval. */
const longestKeepAlive = 65_535

/** How long a server may take to answer the first packet. */
const connectTimeoutMs = 5000

/** A server drops longer packets. Shorter ones that exceed the limits of clients are counted. */
const longestPacket = 16 * 1024 * 1024

/** @throws {TypeError} if the text isn't an MQTT address */
export function mqttAddressOf(address: string): MqttAddress {
  const url = new URL(address)
  const scheme = url.protocol.slice(0, -1)
  if (!isScheme(scheme)) throw new TypeError(`"${scheme}://" is not a scheme of an MQTT address`)
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

/** Returns the keep-alive interval in seconds. */
export function keepAliveOf({ keepAliveMs, pingIntervalMs }: MqttSettings): number {
  const seconds = Math.ceil((keepAliveMs ?? pingIntervalMs ?? defaultKeepAliveMs) / 1000)
  return Math.min(Math.max(seconds, 1), longestKeepAlive)
}

/** Returns the options of mqtt.js for one connection, which never reconnects. */
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
    // The log of mqtt.js holds credentials.
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
    return text // a literal "%"
  }
}
