import type { Pattern } from '@wildcast/protocol'
import type { BrokerSettings } from '../../brokers/settings.js'
import type { Defaults } from '../../components/route.js'
import type { ComponentSubscription } from '../../components/subscription.js'
import type { Mode } from '../../gateways/dialects/classic/encoders.js'
import type { EnvelopeForm } from '../../gateways/endpoints/http-envelope.js'

/**
 * What `wildcast up` opens: a configuration that was read, checked and made complete. It holds
 * secrets, so it is never printed.
 */
export interface Config {
  /** By name; the first is the default. At least one. */
  readonly brokers: ReadonlyMap<string, BrokerSettings>
  readonly gateways: readonly GatewayConfig[]
  readonly bridges: readonly BridgeConfig[]
  readonly components: readonly ComponentConfig[]
  /** How many relays share the gateways' ports, each in a process of its own. @default 1 */
  readonly workers?: number
  /** What is no error, but should be said. */
  readonly notes: readonly string[]
}

/** A port with its doors. */
export interface GatewayConfig {
  /** 0 takes a free one. */
  readonly port: number
  /** @default every address of the machine */
  readonly host?: string
  /** The one broker that this gateway leads to. @default all of them */
  readonly broker?: string
  /** What classic WebSocket clients are sent. @default they are not served */
  readonly websockets?: Mode
  /** How HTTP requests are serialised. @default `/request` is not served */
  readonly requestResponse?: EnvelopeForm
  /** How long `/request` waits for an answer, in milliseconds. */
  readonly timeoutMs: number
  /** A folder whose files are served as well. */
  readonly static?: string
  /** The origins whose pages may come. @default all */
  readonly origins?: readonly string[]
  /** Whether long messages are compressed for WebSocket clients that offer it. @default false */
  readonly compression?: boolean
  /**
   * How long an HTTP connection stays open between two requests, in milliseconds. @default 75000
   */
  readonly keepAliveMs?: number
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
  /** Its variables. */
  readonly config: Readonly<Record<string, string>>
  /** How long it may take for a message, in milliseconds. */
  readonly timeoutMs: number
  /** How much its thread's heap may hold, in megabytes. */
  readonly memoryMb: number
  /** How many messages it works on at once. @default 1; 64 for requests */
  readonly concurrency?: number
}

/** Carries the messages of a pattern from one broker to another. */
export interface BridgeConfig {
  readonly from: { readonly broker: string; readonly pattern: Pattern }
  readonly to: { readonly broker: string }
}
