import type { VerbPorts } from './verb-ports.js'

/** The key of a scope's `ScopePorts`. */
export const scopePorts: unique symbol = Symbol()

/** The parts of a client that the other entries of this package use. */
export interface ScopePorts {
  readonly ports: VerbPorts
  /** The broker of calls that name none. */
  readonly home: string | undefined
}

/** Returns the parts of a client. @throws {TypeError} if it isn't one */
export function portsOf(scope: { readonly [scopePorts]?: ScopePorts }): ScopePorts {
  const found = scope[scopePorts]
  if (found) return found
  throw new TypeError('this is no client of this copy of @wildcast/client: is the package installed twice?')
}
