import type { Payload } from './message.js'
import { isWellFormed } from './utf8.js'

/**
 * Converts a value to a payload, the same for every codec: text and bytes stay as they are,
 * `undefined` becomes an empty text, everything else JSON. JSON has a form for plain objects,
 * arrays, well-formed strings, finite numbers, booleans, `null`, and objects with `toJSON` such as
 * a `Date`. Members that are `undefined` are left out.
 * @param visit called with every key and value before its JSON is written; if it throws, the
 * payload is refused
 * @throws {TypeError} for a value that would be lost or changed; its message names what to send
 * instead
 */
export function toPayload(data: unknown, visit?: (key: string, value: unknown) => void): Payload {
  if (data === undefined) return ''
  // Text is not encoded as JSON first: it may be long.
  if (typeof data === 'string' && isWellFormed(data)) return data
  // Copies, since the caller may reuse the buffer while the payload is queued.
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
  // Not `instanceof`: a buffer may come from another window.
  if (/ArrayBuffer$/.test(tagOf(data))) return new Uint8Array(data as ArrayBuffer).slice()
  let misfit: string | undefined
  let cause: unknown
  try {
    const text: string | undefined = JSON.stringify(
      data,
      function (this: Readonly<Record<string, unknown>>, key, value) {
        visit?.(key, value)
        misfit ??= misfitOf(key, key) ?? misfitOf(value, this[key])
        return value
      },
    )
    if (text !== undefined && !misfit) return text
  } catch (thrown) {
    cause = thrown
    misfit ??= 'cycles, nor such depth'
  }
  throw new TypeError(`JSON has no ${misfit}: send text (toWellFormed), plain objects, arrays, null, or bytes alone`, {
    cause,
  })
}

/** Returns the name of a value that JSON has no form for. */
function misfitOf(value: unknown, original: unknown): string | undefined {
  if (typeof value === 'string') return isWellFormed(value) ? undefined : 'lone surrogates'
  const changed = typeof value === 'number' ? !Number.isFinite(value) : value === null && original instanceof Date
  if (changed) return String(original)
  const tag = tagOf(value)
  // An instance of a class counts as plain, unless the class has another tag.
  return /^(Object|Array|Null|Undefined|Number|String|Boolean)$/.test(tag) ? undefined : tag
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}
