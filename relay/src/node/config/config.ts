import type { Pattern } from '@wildcast/protocol'
import type { AuthSettings } from '../../auth/settings.js'
import type { BrokerSettings } from '../../brokers/settings.js'
import type { Defaults } from '../../components/route.js'
import type { ComponentSubscription } from '../../components/subscription.js'
import type { RuleSource } from '../../core/access/grants.js'
import type { RelayContract } from '../../core/contract/relay-contract.js'
import type { Limits } from '../../core/limits.js'
import type { NamespaceOptions } from '../../core/namespaces/namespace.js'
import type { Mode } from '../../gateways/dialects/classic/encoders.js'
import type { MqttGatewaySettings } from '../../gateways/dialects/mqtt/mqtt-gateway-settings.js'
import type { EnvelopeForm } from '../../gateways/endpoints/http-envelope.js'
import type { GatewayTls } from '../front/tls-files.js'

/**
 * The configuration that `wildcast up` opens, checked and complete. It contains secrets, so it is
 * never printed.
 */
export interface Config {
  /** At least one, by name; the first is the default. */
  readonly brokers: ReadonlyMap<string, BrokerSettings>
  /** By name. The other brokers are for clients without a namespace. */
  readonly namespaces?: Readonly<Record<string, NamespaceOptions>>
  readonly gateways: readonly GatewayConfig[]
  readonly bridges: readonly BridgeConfig[]
  readonly components: readonly ComponentConfig[]
  /** A port for operators. @default none; the metrics are on every gateway's port */
  readonly admin?: AdminConfig
  /** The data that subjects carry. @default any data */
  readonly contract?: ContractConfig
  /** How clients prove who they are. @default every client may do everything */
  readonly auth?: AuthConfig
  /** @default those of `defaultLimits` */
  readonly limits?: Partial<Limits>
  /** The number of relays that share the gateways' ports, each in its own process. @default 1 */
  readonly workers?: number
  /** Notes for the user that are not errors. */
  readonly notes: readonly string[]
}

/** The contract of the subjects. */
export interface ContractConfig extends Omit<RelayContract, 'contract'> {
  /** The absolute path of the module that exports it. */
  readonly file: string
}

/** The tables `[auth]` and `[roles]`. */
export interface AuthConfig extends AuthSettings {
  /** The absolute path of the module that exports `authenticate` or `authorize`. */
  readonly module?: string | undefined
}

/** The port for operators. */
export interface AdminConfig {
  /** 0 picks a free port. */
  readonly port: number
  readonly host: string
}

/** A port with its gateways. */
export interface GatewayConfig {
  /** 0 picks a free port. */
  readonly port: number
  /** @default every address of the machine */
  readonly host?: string
  /** The only broker that this gateway gives access to. @default all of them */
  readonly broker?: string
  /** The namespace of its clients. @default the one that their credentials state, or none */
  readonly namespace?: string
  /** The form of messages for classic WebSocket clients. @default they are not served */
  readonly websockets?: Mode
  /** How HTTP requests are serialised. @default `/request` is not served */
  readonly requestResponse?: EnvelopeForm
  /** How long `/request` waits for an answer, in milliseconds. */
  readonly timeoutMs: number
  /** A folder whose files are served, too. */
  readonly static?: string
  /**
   * The origins whose pages may use the relay; `*` for all. @default its own; on a loopback host
   * every loopback origin
   */
  readonly origins?: readonly string[]
  /** Whether long messages are compressed for WebSocket clients that offer it. @default false */
  readonly compression?: boolean
  /** Addresses and networks of proxies whose headers state the client. @default none */
  readonly trustedProxies?: readonly string[]
  /** Whether these proxies begin connections with a PROXY header. @default false */
  readonly proxyProtocol?: boolean
  /** Files for HTTPS. @default plain HTTP */
  readonly tls?: GatewayTls
  /**
   * How long an HTTP connection stays open between two requests, in milliseconds.
   * @default 75000
   */
  readonly keepAliveMs?: number
  /** Set if the port is for MQTT, in place of HTTP. */
  readonly mqtt?: Partial<MqttGatewaySettings>
}

/** A function that messages trigger. */
export interface ComponentConfig {
  readonly id: string
  /** The absolute path of its module. */
  readonly source: string
  /** The broker that triggers it. */
  readonly broker: string
  readonly subscription: ComponentSubscription
  readonly result: Defaults
  /** The rules for its outputs. @default every output is allowed */
  readonly role?: RuleSource
  /** Its variables. */
  readonly config: Readonly<Record<string, string>>
  /** The limit of time for a message, in milliseconds. */
  readonly timeoutMs: number
  /** The limit of its thread's heap, in megabytes. */
  readonly memoryMb: number
  /** How many messages it handles at once. @default 1; 64 for requests */
  readonly concurrency?: number
}

/** Carries the messages of a pattern from one broker to another. */
export interface BridgeConfig {
  readonly from: { readonly broker: string; readonly pattern: Pattern }
  readonly to: { readonly broker: string }
}
