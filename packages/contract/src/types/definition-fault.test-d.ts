import { test } from 'vitest'
import { defineContract } from '../define-contract.js'
import type { EntryMap } from '../definition.js'
import { type } from '../type.js'

const one = type<1>()
declare const some: EntryMap

test('a definition compiles with any kinds and options', () => {
  defineContract({ a: { message: one, value: one, presence: one, request: one, reply: one } })
  defineContract({ a: { value: one, broker: 'main', codec: 'json', deliver: 'latest', maxRate: 5, retained: true } })
  defineContract({ a: { message: one, history: { messages: 5, age: '24h' } } })
  defineContract({ '': { message: one } }, { prefix: 'hello' })
  defineContract(some)
})

test('a faulty definition does not compile', () => {
  // @ts-expect-error an unknown field
  defineContract({ a: { mesage: one } })
  // @ts-expect-error an unknown field beside a known one
  defineContract({ a: { message: one, retain: true } })
  // @ts-expect-error a request without reply
  defineContract({ a: { request: one } })
  // @ts-expect-error a reply without request
  defineContract({ a: { reply: one } })
  // @ts-expect-error no data
  defineContract({ a: {} })
  // @ts-expect-error no data
  defineContract({ a: { broker: 'main' } })
  // @ts-expect-error no Standard Schema
  defineContract({ a: { message: {} } })
  // @ts-expect-error an unknown codec
  defineContract({ a: { message: one, codec: 'xml' } })
  // @ts-expect-error no unit
  defineContract({ a: { message: one, history: { age: '24' } } })
  // @ts-expect-error an empty segment
  defineContract({ 'a..b': { message: one } })
  // @ts-expect-error segments are joined by dots
  defineContract({ 'a/b': { message: one } })
  // @ts-expect-error a name twice
  defineContract({ '{a}.{a}': { message: one } })
  // @ts-expect-error names and wildcards
  defineContract({ '{a}.*': { message: one } })
})
