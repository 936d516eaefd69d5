import type { ContractSchema } from './definition.js'

/**
 * Returns a schema that accepts everything, for a contract of types alone. Each call returns
 * another schema: share one among entries that can match one subject.
 * @example const Good = type<{ readonly price: number }>()
 */
export function type<Data>(): ContractSchema<Data> {
  return {
    '~standard': {
      version: 1,
      vendor: 'wildcast',
      validate: (value) => ({ value: value as Data }),
    },
  }
}
