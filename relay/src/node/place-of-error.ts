import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Where a module failed. */
export interface PlaceOfError {
  /** Absolute. */
  readonly file: string
  readonly line: number
}

/** This package: what stands in there only runs a user's module. */
const own = path.resolve(import.meta.dirname, '..')

/** The first line of a user's code that an error names; undefined if it names none. */
export function placeOfError(cause: unknown): PlaceOfError | undefined {
  if (!(cause instanceof Error)) return undefined
  try {
    return placesIn(String(cause.stack))[0] ?? importIn(String(cause.message))
  } catch {
    return undefined // what was thrown has no text
  }
}

/**
 * The line on which a module could not be loaded. Node shows that of a syntax error only when a
 * process ends by it, so another one is asked to import the module: nothing in a module runs before
 * all of its imports were understood.
 */
export function placeOfLoadError(cause: unknown, source: string): PlaceOfError | undefined {
  const place = placeOfError(cause)
  if (place || !(cause instanceof SyntaxError)) return place
  const load = `await import(${JSON.stringify(pathToFileURL(source).href)})`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', load], { encoding: 'utf8' })
  return placesIn(stderr)[0]
}

function placesIn(text: string): readonly PlaceOfError[] {
  return [
    ...text.matchAll(/(?:^|[\s(])(file:\/\/\/[^\s()]+?|\/[^\n()]+?|[A-Z]:\\[^\n()]+?):(\d+)(?::\d+)?(?=[\s)]|$)/gm),
  ]
    .map(([, name = '', line]) => ({ file: fileOf(name), line: Number(line) }))
    .filter(({ file }) => !file.includes(`${path.sep}node_modules${path.sep}`) && !file.startsWith(own + path.sep))
}

function fileOf(name: string): string {
  return name.startsWith('file:') ? fileURLToPath(name) : name
}

/** The line of an import that leads nowhere. */
function importIn(message: string): PlaceOfError | undefined {
  const [, missing, file] = /^Cannot find (?:module|package) '([^']+)' imported from (\S+)/.exec(message) ?? []
  if (missing === undefined || file === undefined) return undefined
  const name = path.basename(missing)
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    const line = lines.findIndex((text) => /['"]/.test(text) && text.includes(name)) + 1
    return line === 0 ? undefined : { file, line }
  } catch {
    return undefined // it was removed since
  }
}
