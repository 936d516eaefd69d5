import { expectTypeOf, test } from 'vitest'
import type { Params } from './params.js'
import type { Pattern } from './subject.js'

test('each "*" stands for one segment', () => {
  expectTypeOf<Params<'good.apple'>>().toEqualTypeOf<readonly []>()
  expectTypeOf<Params<'*'>>().toEqualTypeOf<readonly [string]>()
  expectTypeOf<Params<'room.*.msg'>>().toEqualTypeOf<readonly [string]>()
  expectTypeOf<Params<'*.b.*'>>().toEqualTypeOf<readonly [string, string]>()
})

test('"**" stands for one text at any position', () => {
  expectTypeOf<Params<'**'>>().toEqualTypeOf<readonly [string]>()
  expectTypeOf<Params<'**.price'>>().toEqualTypeOf<readonly [string]>()
  expectTypeOf<Params<'a.**.b.**'>>().toEqualTypeOf<readonly [string, string]>()
  expectTypeOf<Params<'a.*.**.*.b'>>().toEqualTypeOf<readonly [string, string, string]>()
  expectTypeOf<Params<'a.**.**'>>().toEqualTypeOf<readonly [string]>()
  expectTypeOf<Params<'a.#'>>().toEqualTypeOf<readonly [string]>()
})

test('a final ">" is one segment and the rest', () => {
  expectTypeOf<Params<'good.>'>>().toEqualTypeOf<readonly [string, string]>()
  expectTypeOf<Params<'good.**.>'>>().toEqualTypeOf<readonly [string, string]>()
})

test('a text that the compiler does not know may hold wildcards', () => {
  expectTypeOf<Params<string>>().toEqualTypeOf<readonly string[]>()
  expectTypeOf<Params<never>>().toEqualTypeOf<never>()
  expectTypeOf<Params<Pattern>>().toEqualTypeOf<readonly string[]>()
  expectTypeOf<Params<`room.${string}`>>().toEqualTypeOf<readonly string[]>()
  expectTypeOf<Params<`room.${string}.*`>>().toEqualTypeOf<readonly [...string[], string]>()
  expectTypeOf<Params<`room.a${string}.b`>>().toEqualTypeOf<readonly string[]>()
})

test('a union of patterns has a union of params', () => {
  expectTypeOf<Params<'a.*' | 'b'>>().toEqualTypeOf<readonly [string] | readonly []>()
})

test('the longest pattern is within the depth of the compiler', () => {
  type Ten = '*.*.*.*.*.*.*.*.*.*'
  type Fifty = `${Ten}.${Ten}.${Ten}.${Ten}.${Ten}`
  type All = `${Fifty}.${Fifty}.${Fifty}.${Fifty}.${Fifty}.a.b.c.d.e.f`
  expectTypeOf<Params<All>['length']>().toEqualTypeOf<250>()
})

test('a missing param and another type do not compile', () => {
  const params = ['7'] as Params<'room.*'>
  // @ts-expect-error there is only one
  void params[1]
  // @ts-expect-error handlers share them
  params[0] = 'x'
  // @ts-expect-error a segment is text
  const wrong: Params<'room.*'> = [7]
  void wrong
})
