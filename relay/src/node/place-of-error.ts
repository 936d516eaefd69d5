import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The place at which a module failed. */
export interface PlaceOfError {
  /** Absolute. */
  readonly file: string
  readonly line: number
}

/** This package, whose code only runs a user's module. */
const own = path.resolve(import.meta.dirname, '..')

/** Returns the first line of a user's code that an error names, or undefined if it names none. */
export function placeOfError(cause: unknown): PlaceOfError | undefined {
  if (!(cause instanceof Error)) return undefined
  try {
    return locIn(cause) ?? placesIn(String(cause.stack))[0] ?? importIn(String(cause.message))
  } catch {
    return undefined // the thrown value has no text
  }
}

/** The place that bundlers add to the errors of a module that they can't read. */
function locIn(cause: Error): PlaceOfError | undefined {
  const { loc, id } = cause as {
    readonly loc?: { readonly file?: unknown; readonly line?: unknown }
    readonly id?: unknown
  }
  const file = loc?.file ?? id
  return typeof file === 'string' && typeof loc?.line === 'number' ? { file, line: loc.line } : undefined
}

/**
 * Returns the line that keeps a module from being loaded. Node shows the line of a syntax error
 * only when a process ends by it, so a child process imports the module: no code of a module runs
 * before all of its imports are parsed.
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

/** The line of an import that can't be resolved. */
function importIn(message: string): PlaceOfError | undefined {
  const [, missing, file] = /^Cannot find (?:module|package) '([^']+)' imported from (\S+)/.exec(message) ?? []
  if (missing === undefined || file === undefined) return undefined
  const name = path.basename(missing)
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    const line = lines.findIndex((text) => /['"]/.test(text) && text.includes(name)) + 1
    return line === 0 ? undefined : { file, line }
  } catch {
    return undefined // removed since
  }
}
