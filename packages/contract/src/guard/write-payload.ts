import { isWellFormed, type Payload, toPayload } from '@wildcast/protocol/client'
import type { ContractEntry } from '../contract-entry.js'

/**
 * Converts data to a payload by the codec of its entry. Without a codec, a string is text, unless
 * text would be read as other data: `5` as a number.
 * @throws {TypeError} if the codec has no form for the data
 */
export function writePayload(entry: ContractEntry | undefined, data: unknown): Payload {
  const codec = entry?.codec
  if (entry && typeof data === 'string' && isWellFormed(data))
    if (codec === 'json' || (codec === undefined && isOtherData(data))) return JSON.stringify(data)
  const payload = toPayload(data)
  if (codec === undefined || data === undefined) return payload
  const isBytes = typeof payload !== 'string'
  const fits = codec === 'text' ? typeof data === 'string' : isBytes === (codec === 'bytes')
  if (fits) return payload
  const needed = { json: 'a value with a JSON form', text: 'a string', bytes: 'a Uint8Array or an ArrayBuffer' }[codec]
  throw new TypeError(`the contract's entry "${entry?.key}" has the codec "${codec}": give ${needed}`)
}

/** Whether a text is read as data other than this text. */
function isOtherData(text: string): boolean {
  if (text === '') return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
