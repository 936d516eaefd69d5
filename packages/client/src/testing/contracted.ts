import { type ContractSchema, type DefinedContract, defineContract, type } from '@wildcast/contract'

/** The data of the contract for tests. */
export interface Price {
  readonly price: number
}
export interface Chat {
  readonly text: string
}
export interface Who {
  readonly name: string
}

/** How often a schema has run. */
export const runs = { count: 0 }

/** A schema of objects whose members have these types, as `typeof` names them. */
export function shape<Input, Output = Input>(
  types: Readonly<Record<string, string>>,
  transform: (data: Input) => Output = (data) => data as unknown as Output,
): ContractSchema<Input, Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(data) {
        runs.count++
        const wrong = Object.entries(types).find(([name, type]) => typeof Object(data)[name] !== type)
        if (wrong) return { issues: [{ message: `must be a ${wrong[1]}`, path: [wrong[0]] }] }
        return { value: transform(data as Input) }
      },
    },
  }
}

const price = shape<Price>({ price: 'number' })

/** A contract with all kinds and options. */
export const api: DefinedContract<{
  readonly 'good.*': { readonly message: ContractSchema<Price>; readonly value: ContractSchema<Price> }
  readonly 'room.{room}.msg': { readonly message: ContractSchema<Chat, string> }
  readonly 'room.{room}': { readonly presence: ContractSchema<Who> }
  readonly 'math.sum': { readonly request: ContractSchema<readonly number[]>; readonly reply: ContractSchema<number> }
  readonly 'time.now': { readonly request: ContractSchema<void>; readonly reply: ContractSchema<string> }
  readonly 'log.*': { readonly message: ContractSchema<string>; readonly broker: 'logs'; readonly codec: 'json' }
  readonly 'raw.*': { readonly message: ContractSchema<Uint8Array>; readonly broker: 'main'; readonly codec: 'bytes' }
  readonly 'plain.*': { readonly message: ContractSchema<string> }
  readonly 'note.*': { readonly message: ContractSchema<string>; readonly codec: 'text' }
  readonly 'lamp.*': { readonly value: ContractSchema<Price>; readonly retained: true; readonly deliver: 'latest' }
  readonly 'seat.*': { readonly value: ContractSchema<Who> }
}> = defineContract({
  'good.*': { message: price, value: price },
  'room.{room}.msg': { message: shape<Chat, string>({ text: 'string' }, ({ text }) => text.toUpperCase()) },
  'room.{room}': { presence: shape<Who>({ name: 'string' }) },
  'math.sum': { request: shape<readonly number[]>({ length: 'number' }), reply: primitive<number>('number') },
  'time.now': { request: primitive<void>('undefined'), reply: primitive<string>('string') },
  'log.*': { message: primitive<string>('string'), broker: 'logs', codec: 'json' },
  'raw.*': { message: type<Uint8Array>(), broker: 'main', codec: 'bytes' },
  'plain.*': { message: primitive<string>('string') },
  'note.*': { message: primitive<string>('string'), codec: 'text' },
  'lamp.*': { value: shape<Price>({ price: 'number' }), retained: true, deliver: 'latest' },
  'seat.*': { value: shape<Who>({ name: 'string' }) },
})

/** A schema of a type that `typeof` names. */
export function primitive<Data>(name: string): ContractSchema<Data> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (data) =>
        typeof data === name ? { value: data as Data } : { issues: [{ message: `must be a ${name}` }] },
    },
  }
}
