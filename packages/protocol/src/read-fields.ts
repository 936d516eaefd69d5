import { decodeBase64 } from './base64.js'
import type { WildcastError } from './errors.js'
import { isFromArray, type JsonValue } from './json.js'
import { limits } from './limits.js'
import type { Failure, Payload } from './message.js'
import { refusal } from './refusal.js'
import { isRecord } from './tagged.js'
import { isWellFormed } from './utf8.js'

/** The body of a frame, whose fields have not been checked yet. */
export type Body = Readonly<Record<string, unknown>>

/** Creates the error for an invalid field, which it names. */
export function refuseField(field: string, wanted: string): WildcastError {
  return refusal('invalid_frame', `"${field}" must be ${wanted}`)
}

// Missing and null mean the same, as in classic.
export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null

export function readText(body: Body, field: string): string {
  const value = body[field]
  if (typeof value !== 'string') throw refuseField(field, 'a string')
  return value
}

export function readOptionalText(body: Body, field: string): string | undefined {
  return isAbsent(body[field]) ? undefined : readText(body, field)
}

export function readCount(body: Body, field: string): number {
  return toCount(body[field], field)
}

export function readOptionalCount(body: Body, field: string): number | undefined {
  return isAbsent(body[field]) ? undefined : readCount(body, field)
}

/** Reads any number, including negative ones and fractions. */
export function readOptionalNumber(body: Body, field: string): number | undefined {
  const value = body[field]
  if (isAbsent(value)) return undefined
  if (typeof value !== 'number') throw refuseField(field, 'a number')
  return value
}

/** Checks that a value is a whole number from 0 to 2^53 − 1. */
export function toCount(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw refuseField(field, 'a whole number from 0 to 2^53 - 1')
  return value === 0 ? 0 : value // an encoding may lose -0
}

export function readOptionalFlag(body: Body, field: string): boolean | undefined {
  const value = body[field]
  if (isAbsent(value)) return undefined
  if (typeof value !== 'boolean') throw refuseField(field, 'true or false')
  return value
}

/** Returns the names of reserved fields that are used, if any. */
export function reservedFieldsOf(body: Body, reserved: ReadonlySet<string>): readonly string[] | undefined {
  const found = Object.keys(body).filter((field) => reserved.has(field) && (body[field] ?? false) !== false)
  return found.length > 0 ? found : undefined
}

/**
 * Reads the payload: `message` as text, bytes or an array of bytes; or `bytes` as base64, bytes or
 * an array of bytes.
 */
export function readPayload(body: Body): Payload {
  if (isAbsent(body.message)) {
    const bytes = body.bytes
    if (typeof bytes !== 'string') return payloadFrom(bytes, 'message')
    try {
      return decodeBase64(bytes)
    } catch {
      throw refuseField('bytes', 'base64')
    }
  }
  return payloadFrom(body.message, 'message')
}

/** Checks that a value is text, bytes, or an array of bytes. */
export function payloadFrom(value: unknown, field: string): Payload {
  if (typeof value === 'string') {
    if (isWellFormed(value)) return value
    throw refuseField(field, 'well-formed Unicode; send other bytes as "bytes"')
  }
  if (value instanceof Uint8Array) return value
  if (Array.isArray(value) && value.every(isByte)) return Uint8Array.from(value)
  throw refuseField(field, 'a string, bytes, or an array of whole numbers from 0 to 255')
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255
}

/** Reads JSON. Unlike elsewhere, `null` is not the same as absent. */
export function readOptionalJson(body: Body, field: string): JsonValue | undefined {
  const value = withArrays(body[field], field)
  if (value === undefined || isJson(value)) return value
  throw refuseField(field, 'JSON')
}

/**
 * Returns JSON with its long arrays, which `parseJson` has read as bytes.
 * @throws {WildcastError} `too_large` if these have more elements than other arrays of a frame
 */
function withArrays(value: unknown, field: string): unknown {
  let elements = 0
  const convert = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(convert)
    if (!(part instanceof Uint8Array))
      return isRecord(part) ? Object.fromEntries(Object.entries(part).map(([name, of]) => [name, convert(of)])) : part
    if (!isFromArray(part)) return part
    elements += part.length
    if (elements > limits.values)
      throw refusal('too_large', `"${field}" has more than ${limits.values} values; name less of the value`)
    return [...part]
  }
  return convert(value)
}

/** MessagePack has bytes, which JSON has not. */
function isJson(value: unknown): value is JsonValue {
  if (typeof value === 'number') return Number.isFinite(value)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (Array.isArray(value)) return value.every(isJson)
  return typeof value === 'object' && !(value instanceof Uint8Array) && Object.values(value).every(isJson)
}

export function readOptionalFailure(body: Body): Failure | undefined {
  const value = body.error
  if (isAbsent(value)) return undefined
  if (!isRecord(value)) throw refuseField('error', '{code, message}')
  const failure = { code: readText(value, 'code'), message: readText(value, 'message') }
  if (!isWellFormed(failure.code) || !isWellFormed(failure.message)) throw refuseField('error', 'well-formed Unicode')
  return failure
}
