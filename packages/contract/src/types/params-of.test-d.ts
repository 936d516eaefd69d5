import { expectTypeOf, test } from 'vitest'
import type { ParamsOf } from './data-of.js'

test('wildcards are a tuple in their order', () => {
  expectTypeOf<ParamsOf<'room.*.msg'>>().toEqualTypeOf<readonly [string]>()
  expectTypeOf<ParamsOf<'*.*.**'>>().toEqualTypeOf<readonly [string, string, string]>()
  expectTypeOf<ParamsOf<'log.>'>>().toEqualTypeOf<readonly [string, string]>()
  expectTypeOf<ParamsOf<'good.apple'>>().toEqualTypeOf<readonly []>()
})

test('params are a record by the names that the caller writes', () => {
  expectTypeOf<ParamsOf<'room.{room}.msg'>>().toEqualTypeOf<{ readonly room: string }>()
  expectTypeOf<ParamsOf<'room.{id}.msg'>>().toEqualTypeOf<{ readonly id: string }>()
  expectTypeOf<ParamsOf<'{a}.b.{c}'>>().toEqualTypeOf<{ readonly a: string; readonly c: string }>()
  expectTypeOf<ParamsOf<'{only}'>>().toEqualTypeOf<{ readonly only: string }>()
})

test('one of several patterns has one of several params', () => {
  expectTypeOf<ParamsOf<'a.*' | 'b.{c}'>>().toEqualTypeOf<readonly [string] | { readonly c: string }>()
})

test('a template may hold any wildcards', () => {
  expectTypeOf<ParamsOf<`room.${string}.msg`>>().toEqualTypeOf<readonly string[]>()
})

test('a missing param and a wrong name do not compile', () => {
  const tuple = ['7'] as ParamsOf<'room.*.msg'>
  // @ts-expect-error there is one param
  void tuple[1]
  // @ts-expect-error it has no name
  void tuple.room
  const record: ParamsOf<'room.{room}.msg'> = { room: '7' }
  // @ts-expect-error it has another name
  void record.rom
  // @ts-expect-error it has a name, not an index
  void record[0]
  // @ts-expect-error handlers share it
  record.room = '8'
})
