import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '@wildcast/relay/config'

/** The configuration of a relay, as its user has given it. */
export interface GivenConfig {
  /** The absolute path of its file, if there is one. */
  file(): Promise<string | undefined>
  /** Reads it. @throws {ConfigError} with everything that is wrong */
  read(): Promise<Config>
}

/** One broker in memory. */
const usualBrokers = { main: { type: 'memory' } }

/** Finds the configuration that a user has given: a file, its keys, or nothing. */
export function givenConfig(given: string | object | undefined, root: string): GivenConfig {
  /** A file that was once there is missed if it is removed. */
  let found = typeof given === 'string' ? path.resolve(root, given) : undefined

  async function read(): Promise<Config> {
    const { ConfigError, configEnvironment, interpret, readConfig } = await import('@wildcast/relay/config')
    const name = await file()
    if (name === undefined) {
      const value = { brokers: usualBrokers, ...(typeof given === 'object' && given) }
      const written = { value, faults: [], lineOf: () => undefined }
      return interpret(written, 'the option "config" of wildcast()', configEnvironment(root))
    }
    if (existsSync(name)) return readConfig(path.relative('', name))
    const message = 'there is no such file; create it, or name another with the option "config" of wildcast()'
    throw new ConfigError([{ file: path.relative('', name), message }])
  }

  async function file(): Promise<string | undefined> {
    if (given !== undefined || found !== undefined) return found
    const { usualConfig } = await import('@wildcast/relay/config')
    const usual = path.join(root, usualConfig(root))
    if (existsSync(usual)) found = usual
    return found
  }

  return {
    file,
    read: async () => withoutFiles(await read()),
  }
}

/** Leaves the files of the page to Vite. */
function withoutFiles({ gateways: [first, ...others], ...config }: Config): Config {
  if (!first) throw new Error('the configuration has no gateway; add one, for the port of Vite')
  const { static: _, ...gateway } = first
  return { ...config, gateways: [gateway, ...others] }
}
