import { WildcastError } from '@wildcast/protocol'
import { type NetworkFailure, networkFailureOf } from '../foreign/network-failures.js'
import type { MqttAddress } from './options.js'

// What went wrong, in plain words with the remedy. Reason codes are those of MQTT 5, 2.4, and the
// return codes of MQTT 3.1.1, 3.2.2.3.

/** Which connection failed. */
export interface MqttConnectionName {
  readonly address: MqttAddress
  /** The client's id, where the settings name it. */
  readonly id?: string | undefined
  readonly keepAliveSeconds: number
}

/** How the end of a connection showed. */
export interface End {
  /** What mqtt.js threw or told; undefined where the stream just closed. */
  readonly error?: unknown
  /** The reason code of the server's DISCONNECT. */
  readonly reason?: number | undefined
}

type Say = (shown: string, where: MqttConnectionName) => string

const unreachable: Say = (shown) => `${shown} does not answer: look at "address", and at firewalls on the way`
const credentials: Say = () => 'the server refused the user or the password: look at "credentials"'
const badId: Say = () => 'the server refused the client\'s id: look at "id"'
const busy: Say = (shown) => `${shown} takes no connection now; it is tried again`
const moved: Say = (shown) => `${shown} sends us to another server: look at "address"`
const version: Say = (shown) => `${shown} speaks another version of MQTT: look at "version"`

const networkFailures: Readonly<Record<NetworkFailure, Say>> = {
  nobody_listens: (shown) => `nobody listens at ${shown}: start the server, or look at "address"`,
  unknown_host: (shown) => `the host of ${shown} is unknown: look at "address"`,
  no_answer: unreachable,
  certificate_expired: (shown) => `the certificate of ${shown} has expired: renew it at the server`,
  certificate_too_early: (shown) => `the certificate of ${shown} is not valid yet: set the clocks right`,
  certificate_of_another_host: (shown) => `the certificate of ${shown} names another host: look at "address"`,
  certificate_untrusted: (shown) =>
    `the certificate of ${shown} is signed by nobody whom this relay trusts: look at "root_certificate"`,
  client_certificate_demanded: (shown) => `${shown} demands a client certificate: look at "client_certificate"`,
  client_certificate_refused: (shown) => `${shown} refused the client certificate: look at "client_certificate"`,
  unusable_files: () =>
    'a certificate or its key is no usable PEM file: look at "root_certificate" and "client_certificate"',
  no_tls: (shown) => `${shown} does not speak TLS: write "address" with mqtt:// or ws://`,
}

const connackReasons: Readonly<Record<number, Say>> = {
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

const disconnectReasons: Readonly<Record<number, Say>> = {
  135: () => 'the server withdrew the right to be connected: look at "credentials"',
  137: busy,
  139: (shown) => `${shown} shuts down`,
  141: (shown) => `${shown} has heard nothing of us for too long`,
  142: (_, { id = '' }) => `another client took over the id "${id}": give each relay its own "id", or none`,
  149: (shown) => `${shown} hung up on a packet that was too large`,
  151: (shown) => `${shown} hung up over a quota`,
  152: (shown) => `somebody closed the connection at ${shown}`,
  156: moved,
  157: moved,
}

/** Why no connection came about. The cause stays with it. */
export function mqttConnectFailure(error: unknown, where: MqttConnectionName): WildcastError {
  const { shown } = where.address
  return down(sayOf(error)?.(shown, where) ?? hungUpEarly(where), error)
}

/** Why a connection ended. */
export function mqttLossOf({ error, reason }: End, where: MqttConnectionName): WildcastError {
  const { shown } = where.address
  if (reason !== undefined)
    return down(disconnectReasons[reason]?.(shown, where) ?? `${shown} hung up with reason ${hex(reason)}`, error)
  const message = error instanceof Error ? error.message : ''
  if (message === 'Keepalive timeout')
    return down(`${shown} gave no sign of life within two keep-alive intervals of ${where.keepAliveSeconds} s`, error)
  // A stream that ends names a code of its socket, if anything.
  if (message && !('code' in (error as object))) return down(`${shown} broke the protocol: ${message}`, error)
  // MQTT 3.1.1 has no word for it.
  const taken = where.id === undefined ? '' : `; if another client has the id "${where.id}", give each its own "id"`
  return down(`${shown} closed the connection${taken}`, error)
}

/** Whether a server said that it does not speak our version. */
export function isOtherVersion(failure: unknown): boolean {
  const code = codeOf((failure as WildcastError).cause)
  return code === 1 || code === 0x84
}

/** The connection has ended while something waited for it. */
export function mqttEndedError(): WildcastError {
  return down('the connection to the MQTT server has ended', undefined)
}

function sayOf(error: unknown): Say | undefined {
  const code = codeOf(error)
  if (typeof code === 'number') return connackReasons[code] ?? (() => `the server refused with reason ${hex(code)}`)
  if (typeof code === 'string') {
    const kind = networkFailureOf(code)
    return kind && networkFailures[kind]
  }
  if (!(error instanceof Error)) return undefined
  if (error.message === 'connack timeout') return unreachable
  return (shown) => `${shown} does not speak MQTT: look at the scheme and the port of "address"`
}

/** A server says nothing to who speaks TLS where it is not expected, or the other way round. */
function hungUpEarly({ address: { shown, encrypted, path } }: MqttConnectionName): string {
  const remedy = encrypted
    ? 'perhaps it does not speak TLS, or demands a client certificate: look at "address" and "client_certificate"'
    : 'perhaps it expects TLS: write "address" with mqtts:// or wss://'
  return `${shown} hung up before it answered; ${remedy}${path ? ', and look at its path' : ''}`
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

function down(why: string, cause: unknown): WildcastError {
  return new WildcastError('broker_down', why, { cause })
}

/** As the specification writes reasons. */
export function hex(reason: number): string {
  return `0x${reason.toString(16).padStart(2, '0')}`
}
