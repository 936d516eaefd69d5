import { WildcastError } from '@wildcast/protocol'
import { networkFailureOf, networkFailureText } from '../foreign/network-failures.js'
import type { MqttAddress } from './options.js'

// Failures of a connection, each with its remedy. Reason codes are those of MQTT 5, 2.4, and the
// return codes of MQTT 3.1.1, 3.2.2.3.

/** Which connection failed. */
export interface MqttConnectionName {
  readonly address: MqttAddress
  /** The client's id, if the settings name it. */
  readonly id?: string | undefined
  readonly keepAliveSeconds: number
}

/** How a connection ended. */
export interface ConnectionEnd {
  /** The error that mqtt.js threw or emitted; undefined if the stream just closed. */
  readonly error?: unknown
  /** The reason code of the server's DISCONNECT. */
  readonly reason?: number | undefined
}

/** Returns an error message. `shown` is the address of the connection. */
type Explain = (shown: string, connection: MqttConnectionName) => string

const credentials: Explain = () => 'the server refused the user or the password: look at "credentials"'
const badId: Explain = () => 'the server refused the client\'s id: look at "id"'
const busy: Explain = (shown) => `${shown} accepts no connection now; the relay retries`
const moved: Explain = (shown) => `${shown} refers to another server: look at "address"`
const version: Explain = (shown) => `${shown} does not speak this version of MQTT: look at "version"`
const noTls: Explain = (shown) => `${shown} does not speak TLS: write "address" with mqtt:// or ws://`

const connackReasons: Readonly<Record<number, Explain>> = {
  1: version,
  2: badId,
  3: busy,
  4: credentials,
  5: credentials,
  132: version,
  133: badId,
  134: credentials,
  135: credentials,
  136: busy,
  137: busy,
  138: () => 'the server has banned this client: look at "credentials" and "id"',
  156: moved,
  157: moved,
  159: busy,
}

const disconnectReasons: Readonly<Record<number, Explain>> = {
  135: () => 'the server no longer allows the connection: look at "credentials"',
  137: busy,
  139: (shown) => `${shown} shuts down`,
  141: (shown) => `${shown} received nothing from the relay within the keep-alive time`,
  142: (_, { id = '' }) => `another client took over the id "${id}": give each relay its own "id", or leave "id" out`,
  149: (shown) => `${shown} closed the connection: a packet was too large`,
  151: (shown) => `${shown} closed the connection: a quota was exceeded`,
  152: (shown) => `an administrator closed the connection at ${shown}`,
  156: moved,
  157: moved,
}

/** The error of a connection that could not be opened. */
export function mqttConnectFailure(error: unknown, connection: MqttConnectionName): WildcastError {
  return down(explanationOf(error)?.(connection.address.shown, connection) ?? closedEarly(connection), error)
}

/** The error of an open connection that ended by itself. */
export function mqttLossOf({ error, reason }: ConnectionEnd, connection: MqttConnectionName): WildcastError {
  const { id, keepAliveSeconds, address } = connection
  const { shown } = address
  if (reason !== undefined)
    return down(
      disconnectReasons[reason]?.(shown, connection) ?? `${shown} closed the connection with reason ${hex(reason)}`,
      error,
    )
  const message = error instanceof Error ? error.message : ''
  if (message === 'Keepalive timeout')
    return down(`${shown} gave no sign of life within two keep-alive intervals of ${keepAliveSeconds} s`, error)
  // A closed socket reports a code, or no error at all.
  if (message && !('code' in (error as object))) return down(`${shown} broke the protocol: ${message}`, error)
  // MQTT 3.1.1 has no reason code for it.
  const taken = id === undefined ? '' : `; if another client has the id "${id}", give each its own "id"`
  return down(`${shown} closed the connection${taken}`, error)
}

/** Whether a server refused the version of MQTT. */
export function isOtherVersion(failure: unknown): boolean {
  const code = codeOf((failure as WildcastError).cause)
  return code === 1 || code === 0x84
}

/** The error of an operation whose connection has ended. */
export function mqttEndedError(): WildcastError {
  return down('the connection to the MQTT server has ended', undefined)
}

function explanationOf(error: unknown): Explain | undefined {
  const code = codeOf(error)
  if (typeof code === 'number') return connackReasons[code] ?? (() => `the server refused with reason ${hex(code)}`)
  if (typeof code === 'string') return networkExplanationOf(code)
  if (!(error instanceof Error)) return undefined
  if (error.message === 'connack timeout') return networkExplanationOf('ETIMEDOUT')
  return (shown) => `${shown} does not speak MQTT: look at the scheme and the port of "address"`
}

function networkExplanationOf(code: string): Explain | undefined {
  const kind = networkFailureOf(code)
  if (kind === 'no_tls') return noTls
  return kind && ((shown) => networkFailureText(kind, { shown, key: 'address' }))
}

/** If only one side expects TLS, the server closes the connection without a reply. */
function closedEarly({ address: { shown, encrypted, path } }: MqttConnectionName): string {
  const remedy = encrypted
    ? 'perhaps it does not speak TLS, or requires a client certificate: look at "address" and "client_certificate"'
    : 'perhaps it expects TLS: write "address" with mqtts:// or wss://'
  return `${shown} closed the connection before it answered; ${remedy}${path ? ', and look at its path' : ''}`
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

function down(message: string, cause: unknown): WildcastError {
  return new WildcastError('broker_down', message, { cause })
}

/** Formats a reason code as the specification does. */
export function hex(reason: number): string {
  return `0x${reason.toString(16).padStart(2, '0')}`
}
