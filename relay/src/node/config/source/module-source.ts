import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '../config-error.js'
import type { Source } from './source.js'

/** The part of jiti that is used. It is the user's: this package does not bring it. */
interface Jiti {
  createJiti(from: string): { import(file: string, options: { default: true }): Promise<unknown> }
}

/**
 * Loads a module that exports a configuration by default.
 * @param canStripTypes whether this Node runs TypeScript by itself
 * @throws {ConfigError} where it can't be loaded
 */
export async function moduleSource(
  absolute: string,
  file: string,
  canStripTypes: boolean = 'typescript' in process.features && Boolean(process.features.typescript),
): Promise<Source> {
  const load = /\.[cm]?ts$/.test(absolute) && !canStripTypes ? loadByJiti : loadByNode
  const value = await load(absolute).catch((cause: unknown) => {
    throw cause instanceof MissingJiti
      ? new ConfigError([{ file, message: cause.message }])
      : new ConfigError([{ file, message: `this module could not be loaded: ${firstLine(cause)}` }])
  })
  if (value === undefined)
    throw new ConfigError([{ file, message: 'this module has no default export; write export default { … }' }])
  return { value, faults: [], lineOf: () => undefined }
}

class MissingJiti extends Error {
  override readonly message =
    `Node ${process.versions.node} can't read TypeScript by itself; install jiti beside it (npm i -D jiti), or write it as .js`
}

async function loadByNode(file: string): Promise<unknown> {
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown }
  return loaded.default
}

async function loadByJiti(file: string): Promise<unknown> {
  const jiti = jitiNear(file)
  if (!jiti) throw new MissingJiti()
  return jiti.createJiti(file).import(file, { default: true })
}

/** Jiti as the configuration's own project has it. */
function jitiNear(file: string): Jiti | undefined {
  const require = createRequire(path.join(path.dirname(file), 'wildcast.js'))
  try {
    return require('jiti') as Jiti
  } catch {
    return undefined
  }
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? ''
}
