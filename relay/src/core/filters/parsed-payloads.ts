import type { Payload } from '@wildcast/protocol'
import { jsonOf } from './json-condition.js'

interface Parsed {
  readonly payload: Payload
  readonly json: unknown
}

/**
 * Parses payloads as JSON. A message may match many patterns with filters, which are tested one
 * after the other: the last two payloads, a value and the one before it, are parsed once.
 */
export class ParsedPayloads {
  #last: Parsed = { payload: '', json: undefined }
  #before: Parsed = this.#last

  /** Returns undefined if the payload is not JSON: see `jsonOf`. */
  jsonOf(payload: Payload): unknown {
    if (this.#last.payload === payload) return this.#last.json
    const parsed = this.#before.payload === payload ? this.#before : { payload, json: jsonOf(payload) }
    this.#before = this.#last
    this.#last = parsed
    return parsed.json
  }
}
