import type { ContractKind } from '@wildcast/contract'
import { type Payload, toPayload } from '@wildcast/protocol/client'
import type { VerbPorts } from './verb-ports.js'

/** The key of a scope's `ScopePorts`. */
export const scopePorts: unique symbol = Symbol()

/** A client, or its methods for one broker. */
export interface Scoped {
  /** For the entries of this package. */
  readonly [scopePorts]?: ScopePorts
}

/** The parts of a client that the other entries of this package use. */
export interface ScopePorts {
  readonly ports: VerbPorts
  /** The broker of calls that name none. */
  readonly home: string | undefined
}

/** The parts of a client for one call, and the broker of the call. */
export interface CallPorts {
  readonly ports: VerbPorts
  readonly broker: string | undefined
}

/**
 * Returns the parts of a client for a call. The broker is the one that the caller has given, that
 * of the scope, or that of the contract.
 * @throws {TypeError} if it isn't a client, or its contract has different brokers for a pattern
 */
export function callPorts(
  scope: Scoped,
  kind: ContractKind,
  subject: string,
  { broker }: { readonly broker?: string | undefined },
): CallPorts {
  const { ports, home } = portsOf(scope)
  const given = broker ?? home
  return { ports, broker: ports.guard ? ports.guard.broker(kind, subject, given) : given }
}

/**
 * Converts data to a payload, by the contract if the client has one.
 * @throws {WildcastError} `invalid_payload`
 */
export function payloadFor(scope: Scoped, kind: ContractKind, subject: string, data: unknown): Payload {
  return portsOf(scope).ports.guard?.encode(kind, subject, data) ?? toPayload(data)
}

/** Returns the parts of a client. @throws {TypeError} if it isn't one */
export function portsOf(scope: Scoped): ScopePorts {
  const found = scope[scopePorts]
  if (found) return found
  throw new TypeError('this is no client of this copy of @wildcast/client: is the package installed twice?')
}
