import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** npm's record of an installation. */
interface Installed {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string } | undefined>>
}

/**
 * The folder of the tarball from which npm has installed the relay into
 * `<project>/node_modules/@wildcast/relay`; undefined if it comes from a registry or a clone.
 */
export function ownTarballs(relayFolder: string): string | undefined {
  const modules = path.resolve(relayFolder, '../..')
  const file = path.join(modules, '.package-lock.json')
  if (!existsSync(file)) return undefined
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as Installed
  const resolved = packages?.['node_modules/@wildcast/relay']?.resolved
  if (!resolved?.startsWith('file:')) return undefined
  return path.dirname(path.resolve(modules, '..', resolved.slice('file:'.length)))
}
