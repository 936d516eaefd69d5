import { expectTypeOf, test } from 'vitest'
import type { Contract } from '../contract.js'
import { api, publish, request, setValue, subscribe } from '../testing/typed-client.js'
import type { SubjectIn } from './refusals.js'

declare const text: string
declare const room: number

test('a subject with an entry compiles', () => {
  publish('good.apple', { price: 1 })
  publish('good.kiwi', { price: 1 })
  publish(`room.${text}.msg`, { text: 'hi' })
  publish(`room.${room}.msg`, { text: 'hi' })
  publish(api.subject('room.{room}.msg', { room }), { text: 'hi' })
  setValue('price.apple', 7n)
  setValue('price', 7n)
  expectTypeOf(request('math.sum', [1, 2])).toEqualTypeOf<number>()
})

test('a pattern that an entry can match compiles, and its handler has types', () => {
  subscribe('good.*', ({ data }) => expectTypeOf(data).toEqualTypeOf<{ readonly price: number }>)
  subscribe('room.*.msg', ({ params }) => expectTypeOf(params).toEqualTypeOf<readonly [string]>)
  subscribe('room.{id}.msg', ({ params }) => expectTypeOf(params.id).toEqualTypeOf<string>)
  subscribe(`room.${text}.msg`, ({ data }) => expectTypeOf(data.text).toEqualTypeOf<string>)
})

test('wrong data does not compile', () => {
  // @ts-expect-error a wrong type
  publish('good.apple', { price: '1' })
  // @ts-expect-error a field is missing
  publish('good.apple', {})
  // @ts-expect-error a field too many
  publish('good.apple', { price: 1, colour: 'red' })
  // @ts-expect-error the data of another entry
  publish(`room.${text}.msg`, { price: 1 })
  // @ts-expect-error the data of another kind
  request('math.sum', 3)
  // @ts-expect-error a number is no bigint
  setValue('price.apple', 7)
  // @ts-expect-error no data
  publish('good.apple')
  // @ts-expect-error data that fits one of two subjects
  publish(text === 'a' ? 'good.apple' : 'room.1.msg', { price: 1 })
})

test('a subject without an entry does not compile', () => {
  // @ts-expect-error a misspelled subject
  publish('god.apple', { price: 1 })
  // @ts-expect-error a segment is missing
  publish('good', { price: 1 })
  // @ts-expect-error a segment too many
  publish('good.apple.red', { price: 1 })
  // @ts-expect-error a template that no entry surely matches
  publish(`${text}.apple`, { price: 1 })
  // @ts-expect-error a template with a segment less
  publish(`room.${text}`, { text: 'hi' })
  // @ts-expect-error values only
  publish('price.apple', 7n)
  // @ts-expect-error messages only
  setValue('good.apple', { price: 1 })
  // @ts-expect-error presence only
  publish('room.42', { name: 'Ann' })
  // @ts-expect-error one of two subjects
  publish(text === 'a' ? 'good.apple' : 'god.apple', { price: 1 })
  // @ts-expect-error reserved
  publish('$sys.log', new Error('x'))
})

test('a wildcard, a param or unknown text is no subject', () => {
  // @ts-expect-error a wildcard
  publish('good.*', { price: 1 })
  // @ts-expect-error a wildcard
  publish('log.**', new Error('x'))
  // @ts-expect-error a wildcard
  publish('log.>', new Error('x'))
  // @ts-expect-error a wildcard after unknown text
  publish(`log.${text}.*`, new Error('x'))
  // @ts-expect-error a param
  publish('room.{room}.msg', { text: 'hi' })
  // @ts-expect-error text
  publish(text, { price: 1 })
  // @ts-expect-error unknown text in all segments
  publish(`${text}.${text}`, { price: 1 })
})

test('a pattern that no entry can match does not compile', () => {
  // @ts-expect-error a misspelled subject
  subscribe('god.*.red', () => {})
  // @ts-expect-error no entry has one segment
  subscribe('room', () => {})
  // @ts-expect-error presence only
  subscribe('room.42', () => {})
  // @ts-expect-error requests only
  subscribe('math.sum', () => {})
  // @ts-expect-error text
  subscribe(text, () => {})
  // @ts-expect-error names and wildcards
  subscribe('room.{room}.*', () => {})
  // @ts-expect-error names and a rest
  subscribe('room.{room}.**', () => {})
  // @ts-expect-error a name twice
  subscribe('{a}.{a}', () => {})
  // @ts-expect-error no segment
  subscribe('', () => {})
  // @ts-expect-error an empty segment
  subscribe('room..msg', () => {})
  // @ts-expect-error a dot at the end
  subscribe('good.', () => {})
  // @ts-expect-error segments are joined by dots
  subscribe('good/apple', () => {})
  // @ts-expect-error a wildcard of MQTT
  subscribe('good.+', () => {})
})

test('a handler can not use what the data lacks', () => {
  // @ts-expect-error the data of another entry
  subscribe('room.*.msg', ({ data }) => data.price)
  // @ts-expect-error not all entries have it
  subscribe('*.apple', ({ data }) => data.price)
  // @ts-expect-error another name
  subscribe('room.{room}.msg', ({ params }) => params.rom)
  // @ts-expect-error one param
  subscribe('room.*.msg', ({ params }) => params[1])
})

test('a contract without known entries takes every subject', () => {
  expectTypeOf<SubjectIn<Contract, 'message', string>>().toEqualTypeOf<string>()
  expectTypeOf<SubjectIn<Contract, 'message', 'a.b'>>().toEqualTypeOf<'a.b'>()
})

test('subject() takes the template of an entry, and all its params', () => {
  expectTypeOf(api.subject('room.{room}.msg', { room: '42' })).toEqualTypeOf<`room.${string}.msg`>()
  expectTypeOf(api.subject('room.{id}', { id: 42 })).toEqualTypeOf<`room.${string}`>()
  expectTypeOf(api.subject('good.{name}', { name: 'kiwi' })).toEqualTypeOf<`good.${string}`>()
  expectTypeOf(api.subject('good.kiwi', {})).toEqualTypeOf<'good.kiwi'>()
  // @ts-expect-error a param is missing
  api.subject('room.{room}.msg', {})
  // @ts-expect-error another name
  api.subject('room.{room}.msg', { rom: '42' })
  // @ts-expect-error a param is text or a number
  api.subject('room.{room}.msg', { room: true })
  // @ts-expect-error no entry
  api.subject('hall.{room}.msg', { room: '42' })
  // @ts-expect-error a wildcard has no name
  api.subject('good.*', {})
  // @ts-expect-error text
  api.subject(text, {})
})
