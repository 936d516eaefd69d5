import type { JsonData, Payload } from '@wildcast/protocol'
import { readJson } from './json-condition.js'

interface Parsed {
  readonly payload: Payload
  readonly read: JsonData
}

/**
 * Parses payloads as JSON. A message may match many patterns with filters, which are tested one
 * after the other, and a contract checks it before: the last two payloads, a value and the one
 * before it, are parsed once.
 */
export class ParsedPayloads {
  #last: Parsed = { payload: '', read: { fault: 'not_json' } }
  #before: Parsed = this.#last

  /** Returns undefined if the payload is not JSON: see `readJson`. */
  jsonOf(payload: Payload): unknown {
    const read = this.read(payload)
    return read.fault === undefined ? read.data : undefined
  }

  read(payload: Payload): JsonData {
    if (this.#last.payload === payload) return this.#last.read
    const parsed = this.#before.payload === payload ? this.#before : { payload, read: readJson(payload) }
    this.#before = this.#last
    this.#last = parsed
    return parsed.read
  }
}
