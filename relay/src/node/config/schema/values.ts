import * as v from 'valibot'
import { meant } from '../nearest.js'
import type { Reads } from './table.js'

// Environment variables and query strings are always text, so numbers and booleans may be text,
// too: port = "${PORT}".

/** Text that is not empty. */
export const text: Reads<string> = v.pipe(
  v.string('{it} must be text, in quotes'),
  v.nonEmpty('{it} must not be empty; fill it in or leave it out'),
)

/** Text that must not be shown. It may be empty. */
export const secret: Reads<string> = v.string('{it} must be text, in quotes, or { file = "…" }')

export const truth: Reads<boolean> = v.pipe(
  v.unknown(),
  v.transform((value) => (value === 'true' || value === 'false' ? value === 'true' : value)),
  v.boolean('{it} must be true or false'),
)

export function wholeNumber(from: number, to: number, unit = ''): Reads<number> {
  const message = `{it} must be a whole number${unit && ` of ${unit}`}, from ${from} to ${to}`
  return v.pipe(numberBetween(from, to, message), v.integer(message))
}

/** Seconds, possibly with a fraction, read as milliseconds. */
export function seconds(from: number, to: number): Reads<number> {
  return v.pipe(
    numberBetween(from, to, `{it} must be a number of seconds, from ${from} to ${to}`),
    v.transform((value) => Math.round(value * 1000)),
  )
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Returns the milliseconds of a number with a unit, such as `24h`; `NaN` for another text. */
export function durationMs(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? []
  return Number(number) * (unitsMs[unit] ?? Number.NaN)
}

/** A number with a unit, such as `24h`, read as milliseconds. */
export function duration(mostMs: number): Reads<number> {
  const message = `{it} must be a number and s, m, h or d, such as "24h"; at most ${mostMs / 86_400_000}d`
  return v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'string' ? durationMs(value) : Number.NaN)),
    v.custom<number>((ms) => typeof ms === 'number' && ms > 0 && ms <= mostMs, message),
  )
}

function numberBetween(from: number, to: number, message: string): Reads<number> {
  return v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value)),
    v.custom<number>((value) => typeof value === 'number' && value >= from && value <= to, message),
  )
}

/** One of several words, each with its meaning. */
export function choice<Output>(meanings: Readonly<Record<string, Output>>): Reads<Output> {
  const words = Object.keys(meanings).map((word) => `"${word}"`)
  const message = `{it} must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return v.pipe(
    v.custom<string>(
      (value) => typeof value === 'string' && Object.hasOwn(meanings, value),
      ({ input }) => `${message}${meant(input, Object.keys(meanings))}`,
    ),
    v.transform((word) => meanings[word] as Output),
  )
}

export function list<Output>(item: Reads<Output>, example: string): Reads<readonly Output[]> {
  return v.pipe(v.array(item, `{it} must be a list, such as ${example}`), v.nonEmpty('{it} must not be empty; add one'))
}
