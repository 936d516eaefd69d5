import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** The part of jiti that is used. Users install it: this package does not depend on it. */
interface Jiti {
  createJiti(from: string): { import(file: string, options: { default?: true }): Promise<unknown> }
}

/**
 * Resolves with the default export of a module. Node loads TypeScript itself if it can, else jiti
 * does.
 * @throws {MissingJiti} if jiti is needed and missing; or what the module throws
 */
export async function loadModule(
  file: string,
  canStripTypes: boolean = 'typescript' in process.features && Boolean(process.features.typescript),
): Promise<unknown> {
  return /\.[cm]?ts$/.test(file) && !canStripTypes
    ? loadByJiti(file, { default: true })
    : (await loadByNode(file)).default
}

/**
 * Resolves with all exports of a module, by their names.
 * @throws {MissingJiti} if jiti is needed and missing; or what the module throws
 */
export async function loadExports(
  file: string,
  canStripTypes: boolean = 'typescript' in process.features && Boolean(process.features.typescript),
): Promise<Readonly<Record<string, unknown>>> {
  if (!/\.[cm]?ts$/.test(file) || canStripTypes) return loadByNode(file)
  return (await loadByJiti(file, {})) as Readonly<Record<string, unknown>>
}

export class MissingJiti extends Error {
  override readonly message: string =
    `Node ${process.versions.node} can't read TypeScript by itself; install jiti beside it (npm i -D jiti), or ` +
    'write it as .js'
}

/**
 * How often each file was loaded: for a URL that it has loaded before, Node returns the old module.
 */
const times = new Map<string, number>()

async function loadByNode(file: string): Promise<Readonly<Record<string, unknown>>> {
  const before = times.get(file) ?? 0
  times.set(file, before + 1)
  const { href } = pathToFileURL(file)
  return import(before === 0 ? href : `${href}?${before}`)
}

async function loadByJiti(file: string, options: { default?: true }): Promise<unknown> {
  const jiti = jitiNear(file)
  if (!jiti) throw new MissingJiti()
  return jiti.createJiti(file).import(file, options)
}

/** The jiti of the module's own project. */
function jitiNear(file: string): Jiti | undefined {
  const require = createRequire(path.join(path.dirname(file), 'wildcast.js'))
  try {
    return require('jiti') as Jiti
  } catch {
    return undefined
  }
}

/** The first line of what a module threw, which can be any value. */
export function firstLine(cause: unknown): string {
  try {
    return String(cause instanceof Error ? cause.message : cause).split('\n')[0] ?? ''
  } catch {
    return 'the thrown value has no text'
  }
}
