import { isDeepStrictEqual } from 'node:util'
import type { Config } from './config/config.js'
import { homesOf } from './config/homes.js'

/** Returns what differs between two configurations, in the terms of the file. */
export function changes(before: Config, now: Config): readonly string[] {
  const differ = (key: 'gateways' | 'admin' | 'bridges' | 'contract' | 'limits' | 'workers'): boolean =>
    !isDeepStrictEqual(before[key], now[key])
  return [
    ...changedNames(before.brokers, now.brokers).map((name) => `broker "${name}"`),
    ...(defaultOf(before) === defaultOf(now) ? [] : ['the default broker']),
    ...changedNames(namespacesOf(before), namespacesOf(now)).map((name) => `namespace "${name}"`),
    ...(differ('gateways') ? ['the ports and their options'] : []),
    ...(differ('admin') ? ['the admin port'] : []),
    ...(differ('bridges') ? ['the bridges'] : []),
    ...(differ('contract') ? ['the contract'] : []),
    ...(isDeepStrictEqual(withoutRoles(before), withoutRoles(now)) ? [] : ['[auth]']),
    ...changedNames(rolesOf(before), rolesOf(now)).map((name) => `role "${name}"`),
    ...changedNames(byId(before), byId(now)).map((id) => `component "${id}"`),
    ...(differ('limits') ? ['the limits'] : []),
    ...(differ('workers') ? ['the number of workers'] : []),
  ]
}

function defaultOf(config: Config): string | undefined {
  const [own] = homesOf(config)
  return [...(own?.brokers.keys() ?? [])][0]
}

function withoutRoles({ auth }: Config): unknown {
  return auth && { ...auth, roles: undefined }
}

function rolesOf({ auth }: Config): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(auth?.roles ?? {}))
}

function namespacesOf({ namespaces = {} }: Config): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(namespaces))
}

/** The names of what was added, removed or changed. */
function changedNames(before: ReadonlyMap<string, unknown>, now: ReadonlyMap<string, unknown>): readonly string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (name) => !isDeepStrictEqual(before.get(name), now.get(name)),
  )
}

function byId({ components }: Config): ReadonlyMap<string, unknown> {
  return new Map(components.map((component) => [component.id, component]))
}
