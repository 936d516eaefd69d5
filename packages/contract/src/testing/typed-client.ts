import { defineContract } from '../define-contract.js'
import { type } from '../type.js'
import type { DataOf, InputOf, ParamsOf } from '../types/data-of.js'
import type { PatternIn, SubjectIn } from '../types/refusals.js'

/** The data of the contract for tests of types. */
export interface Good {
  readonly price: number
}
export interface Chat {
  readonly text: string
}
export interface Who {
  readonly name: string
}

const good = type<Good>()

/** A contract with all kinds, options, names, wildcards and shared schemas. */
export const api = defineContract({
  'good.*': { message: good, history: { messages: 50 } },
  'good.apple': { message: good, broker: 'main' },
  'room.{room}.msg': { message: type<Chat>() },
  'room.{room}': { presence: type<Who>() },
  'math.sum': { request: type<readonly [number, number]>(), reply: type<number>() },
  'price.**': { value: type<bigint>(), retained: true },
  'log.>': { message: type<Error>() },
  '*.*.here': { presence: type<null>() },
})

/** The contract of the tests. */
export type Api = typeof api

/** The parameters that a client with a contract has. */
export declare function publish<const Text extends string>(
  subject: SubjectIn<Api, 'message', Text>,
  data: InputOf<Api, 'message', Text>,
): void

export declare function setValue<const Text extends string>(
  subject: SubjectIn<Api, 'value', Text>,
  data: InputOf<Api, 'value', Text>,
): void

export declare function request<const Text extends string>(
  subject: SubjectIn<Api, 'request', Text>,
  data: InputOf<Api, 'request', Text>,
): DataOf<Api, 'reply', Text>

export declare function subscribe<const Text extends string>(
  pattern: PatternIn<Api, 'message' | 'value', Text>,
  handler: (message: {
    readonly data: DataOf<Api, 'message' | 'value', Text>
    readonly params: ParamsOf<Text>
  }) => void,
): void
