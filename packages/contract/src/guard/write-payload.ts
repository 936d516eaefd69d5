import { isWellFormed, type Payload, toPayload } from '@wildcast/protocol/client'
import type { ContractEntry } from '../contract-entry.js'

/**
 * Converts data to a payload by the codec of its entry.
 * @throws {TypeError} if the codec has no form for the data
 */
export function writePayload(entry: ContractEntry | undefined, data: unknown): Payload {
  const codec = entry?.codec
  if (codec === 'json' && typeof data === 'string' && isWellFormed(data)) return JSON.stringify(data)
  const payload = toPayload(data)
  if (codec === undefined || data === undefined) return payload
  const isBytes = typeof payload !== 'string'
  const fits = codec === 'text' ? typeof data === 'string' : isBytes === (codec === 'bytes')
  if (fits) return payload
  const needed = { json: 'a value with a JSON form', text: 'a string', bytes: 'a Uint8Array or an ArrayBuffer' }[codec]
  throw new TypeError(`the contract's entry "${entry?.key}" has the codec "${codec}": give ${needed}`)
}
