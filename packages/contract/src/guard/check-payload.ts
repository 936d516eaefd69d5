import { type CheckResult, checkData } from '../check-data.js'
import type { ContractEntry } from '../contract-entry.js'
import type { ContractKind } from '../definition.js'
import { decodePayload, type PayloadSource } from './decode-payload.js'

/** A payload, and the entry that declares its kind of data on its subject. */
export interface PayloadCheck {
  readonly entry: ContractEntry
  readonly kind: ContractKind
  readonly subject: string
  readonly source: PayloadSource
}

/**
 * Checks a payload as it is on the wire by the schema of its entry.
 * @throws {TypeError} if the schema throws or is asynchronous
 */
export function checkPayload({ entry, kind, subject, source }: PayloadCheck): CheckResult {
  const check = (data: unknown): CheckResult => checkData({ entry, kind, subject, data })
  let data: unknown
  try {
    data = decodePayload(entry.codec, source)
  } catch {
    const form = entry.codec === 'json' ? 'JSON' : 'UTF-8'
    return { failure: { code: 'invalid_payload', message: `${subject}: the payload must be ${form}` } }
  }
  const result = check(data)
  // An empty payload stands for no data, and for an empty text.
  const isText = result.failure && data === undefined && entry.codec === undefined
  const other = isText ? check('') : undefined
  return other && !other.failure ? other : result
}
