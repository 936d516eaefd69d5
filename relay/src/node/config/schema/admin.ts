import * as v from 'valibot'
import { isLoopback } from '../../../gateways/endpoints/origin-trust.js'
import type { AdminConfig } from '../config.js'
import { hostAndPort } from './addresses.js'
import type { WrittenGateway } from './one-port-each.js'
import { isTable, type Reads } from './table.js'

/** The address of the port for operators: a host and a port. */
export const adminAddress: Reads<AdminConfig> = v.pipe(hostAndPort, v.transform(addressOf))

function addressOf(text: string): AdminConfig {
  const at = text.lastIndexOf(':')
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
}

/** The port, as a gateway that no other may have. */
export function adminPort(value: unknown): readonly WrittenGateway[] {
  return isTable(value) ? [{ keys: value, name: '"admin"', path: ['admin'] }] : []
}

export function adminNotes(admin: AdminConfig | undefined): readonly string[] {
  if (!admin || isLoopback(admin.host.includes(':') ? `[${admin.host}]` : admin.host)) return []
  return [`"admin" is open to everyone who reaches ${admin.host}; keep that address in a private network`]
}
