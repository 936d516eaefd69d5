import { stripVTControlCharacters } from 'node:util'

/** An error of Vite, as plain data. */
export interface ReadableError {
  readonly name: string
  readonly message: string
  /** Without frames: they are Vite's own. */
  readonly stack: string
  /** The place in the user's module, if Vite has named one. */
  readonly loc: { readonly file: string; readonly line: number } | undefined
}

/** Returns an error of Vite about a user's module, in one line. */
export function readableError(cause: unknown): ReadableError {
  const message = messageOf(cause)
  return { name: 'Error', message, stack: `Error: ${message}`, loc: locOf(cause) ?? locOf(firstOf(cause)) }
}

/** esbuild and Rolldown write the mistake below a heading, with its place, and in colours. */
function messageOf(cause: unknown): string {
  const text = stripVTControlCharacters(String(has(cause, 'message') ? cause.message : cause))
  const [first = '', ...others] = text.split('\n').filter((line) => line.trim() !== '')
  const line = /^Transform failed with \d+ errors?:$/.test(first) ? (others[0] ?? first) : first
  return line.replace(/^.*:\d+:\d+: ERROR: /, '')
}

function firstOf(cause: unknown): unknown {
  return has(cause, 'errors') && Array.isArray(cause.errors) ? cause.errors[0] : undefined
}

function locOf(cause: unknown): ReadableError['loc'] {
  if (!has(cause, 'loc') || !has(cause.loc, 'line') || typeof cause.loc.line !== 'number') return undefined
  const file = has(cause.loc, 'file') ? cause.loc.file : has(cause, 'id') ? cause.id : undefined
  return typeof file === 'string' ? { file, line: cause.loc.line } : undefined
}

function has<Key extends string>(value: unknown, key: Key): value is Readonly<Record<Key, unknown>> {
  return typeof value === 'object' && value !== null && key in value
}
