import {
  type JsonData,
  type JsonValue,
  type Payload,
  parseJsonData,
  payloadSize,
  payloadText,
  refusal,
} from '@wildcast/protocol'

/** UTF-8 bytes of a condition, as JSON writes it. */
const mostBytes = 1024

/** Arrays and objects in one another. */
const mostLevels = 8

/**
 * Returns the text of a condition.
 * @param field - the field that has it, for the error
 * @throws {WildcastError} `too_large`
 */
export function conditionText(condition: JsonValue, field: 'when' | 'filter' = 'when'): string {
  if (isDeeper(condition, mostLevels))
    throw refusal('too_large', `"${field}" is nested deeper than ${mostLevels} levels; name less of the value`)
  const text = JSON.stringify(condition)
  if (payloadSize(text) > mostBytes)
    throw refusal('too_large', `"${field}" is longer than ${mostBytes} bytes; name less of the value`)
  return text
}

/**
 * Parses a payload as JSON. It is refused if it contains more than a frame may (10,000 values,
 * nested 32 deep): a short condition must not make the relay parse for long.
 */
export function readJson(payload: Payload): JsonData {
  const text = payloadText(payload)
  return text === undefined ? { fault: 'not_json' } : parseJsonData(text)
}

/** Parses a payload. Returns undefined if it is not JSON: see `readJson`. */
export function jsonOf(payload: Payload): unknown {
  const read = readJson(payload)
  return read.fault === undefined ? read.data : undefined
}

/** Whether a value contains a condition: see `conditionTest`. */
export function contains(value: unknown, condition: JsonValue): boolean {
  return conditionTest(condition)(value)
}

/**
 * Returns a function that tests whether a value contains a condition: an object by the members that
 * the condition names, an array by all its elements. A number equals the text that JSON writes for
 * it; nothing else is loose.
 */
export function conditionTest(condition: JsonValue): (value: unknown) => boolean {
  if (typeof condition !== 'object' || condition === null) return (value) => isAlike(value, condition)
  if (isJsonList(condition)) {
    const tests = condition.map(conditionTest)
    return (value) => isJsonList(value) && value.length === tests.length && tests.every((test, i) => test(value[i]))
  }
  const members = Object.entries(condition).map(([name, part]) => ({ name, test: conditionTest(part) }))
  return (value) =>
    isJsonObject(value) && members.every(({ name, test }) => Object.hasOwn(value, name) && test(value[name]))
}

/** Returns a member of an object, or an element of an array; undefined without it. */
export function memberOf(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return isJsonList(value) ? value[step] : undefined
  return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
}

function isAlike(value: unknown, condition: null | boolean | number | string): boolean {
  if (value === condition) return true
  if (typeof value === 'number' && typeof condition === 'string') return writtenAs(value) === condition
  return typeof value === 'string' && typeof condition === 'number' && value === writtenAs(condition)
}

/** `JSON.parse` reads `1e999` as infinity, which JSON can't write. */
function writtenAs(number: number): string | undefined {
  return Number.isFinite(number) ? String(number) : undefined
}

/** Whether a value is an array: `parseJson` reads a long one of small numbers as bytes. */
export function isJsonList<Part>(value: unknown | readonly Part[]): value is readonly Part[] {
  return Array.isArray(value) || value instanceof Uint8Array
}

/** Whether a parsed value is an object. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isJsonList(value)
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((part: JsonValue) => isDeeper(part, levels - 1))
}
