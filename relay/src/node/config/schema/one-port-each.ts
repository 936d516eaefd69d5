import { isIP } from 'node:net'
import * as v from 'valibot'
import type { Path } from '../path.js'
import { isTable } from './table.js'

/** A gateway of a source, valid or not. */
export interface WrittenGateway {
  readonly keys: unknown
  /** Its name in a sentence. */
  readonly name: string
  /** The path of its keys. */
  readonly path: Path
}

/** The default port of a gateway. */
const usualPort = 3015

/**
 * Rejects gateways with the same address. It checks invalid gateways, too, so that all errors are
 * reported at once.
 */
export function onePortEach<Input>(gatewaysOf: (input: unknown) => readonly WrittenGateway[]): v.RawCheckAction<Input> {
  return v.rawCheck(({ dataset, addIssue }) => {
    const seen: { readonly port: number; readonly host: string | undefined; readonly name: string }[] = []
    for (const { keys, name, path } of gatewaysOf(dataset.value)) {
      const port = Number(valueIn(keys, 'port') ?? usualPort)
      if (!Number.isInteger(port) || port <= 0) continue
      const named = valueIn(keys, 'host')
      const host = typeof named === 'string' ? named : undefined
      const owner = seen.find((other) => other.port === port && overlap(other.host, host))
      seen.push({ port, host, name })
      if (!owner) continue
      addIssue({
        message: `{it} is ${port}, which ${owner.name} already has; choose another`,
        path: itemsOf(dataset.value, [...path, 'port']),
      })
    }
  })
}

/** Whether two gateways on one port would conflict. */
function overlap(one: string | undefined, other: string | undefined): boolean {
  const [first, second] = [familyOf(one), familyOf(other)]
  if (first.all.length === 0 && second.all.length === 0) return first.address === second.address
  const families = (host: typeof first): readonly number[] => (host.all.length > 0 ? host.all : host.families)
  return families(first).some((family) => families(second).includes(family))
}

/** The address of a host, or all addresses of a family. */
function familyOf(host: string | undefined): {
  readonly address: string
  readonly families: readonly number[]
  readonly all: readonly number[]
} {
  const address = (host ?? '::').toLowerCase().replace(/^localhost$/, '127.0.0.1')
  const family = isIP(address)
  // Node also listens on IPv4 if it listens on all addresses of IPv6.
  if (/^(?:::|(?:0+:)+0+)$/.test(address)) return { address, families: [4, 6], all: [4, 6] }
  if (address === '0.0.0.0') return { address, families: [4], all: [4] }
  // A name may resolve to an address of either family.
  return { address, families: family === 0 ? [4, 6] : [family], all: [] }
}

/** The path in the form that issues have. */
function itemsOf(input: unknown, path: Path): [v.IssuePathItem, ...v.IssuePathItem[]] {
  let value = input
  const items = path.map((key): v.IssuePathItem => {
    const around = value
    value = Array.isArray(around) ? around[Number(key)] : valueIn(around, String(key))
    return { type: 'unknown', origin: 'value', input: around, key, value }
  })
  return items as [v.IssuePathItem, ...v.IssuePathItem[]]
}

export function valueIn(value: unknown, key: string): unknown {
  return isTable(value) ? value[key] : undefined
}
