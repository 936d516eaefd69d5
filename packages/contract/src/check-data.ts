import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Failure } from '@wildcast/protocol/client'
import type { ContractEntry } from './contract-entry.js'
import type { ContractKind } from './definition.js'
import { issueText } from './issue-text.js'

/** The output of a schema, or why the data does not fit it. */
export type CheckResult =
  | { readonly value: unknown; readonly failure?: undefined }
  | { readonly failure: PayloadFailure; readonly value?: undefined }

/** Why data does not fit its contract. The message has the path to the fault, and no data. */
export interface PayloadFailure extends Failure {
  readonly code: 'invalid_payload'
}

/** Data of a kind on a subject, and the entry that declares it. */
export interface DataCheck {
  readonly entry: ContractEntry
  readonly kind: ContractKind
  readonly subject: string
  readonly data: unknown
}

/**
 * Checks data by the schema of an entry.
 * @throws {TypeError} if the schema throws or is asynchronous
 */
export function checkData(check: DataCheck): CheckResult {
  const { kind, subject, data } = check
  const result = validate(check)
  if (!result.issues) return { value: result.value }
  const place = kind === 'reply' ? `${subject} (reply)` : subject
  return { failure: { code: 'invalid_payload', message: `${place}: ${issueText(result.issues, data)}` } }
}

function validate({ entry, kind, data }: DataCheck): StandardSchemaV1.Result<unknown> {
  let result: ReturnType<StandardSchemaV1['~standard']['validate']> | undefined
  try {
    result = entry[kind]?.['~standard'].validate(data)
  } catch (cause) {
    throw new TypeError(
      `the schema for ${kind} of the contract's entry "${entry.key}" has thrown an error; it must return issues`,
      { cause },
    )
  }
  if (result instanceof Promise) result.catch(() => {}) // no one waits for it
  if (!result || 'then' in result)
    throw new TypeError(
      `the schema for ${kind} of the contract's entry "${entry.key}" is asynchronous; use one without async checks`,
    )
  return result
}
