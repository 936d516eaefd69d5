import { defineContract, type EntryMap, type } from '@wildcast/contract'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { contractChanges, lineOf } from './contract-changes.js'
import { jsonSchemasOf } from './json-schemas.js'

/** The lines of the changes from one contract to another. */
async function linesOf(before: EntryMap, after: EntryMap): Promise<readonly string[]> {
  const schemas = (entries: EntryMap) => jsonSchemasOf(defineContract(entries), import.meta.filename, () => {})
  return contractChanges(await schemas(before), await schemas(after)).map(lineOf)
}

const [text, number] = [z.string(), z.number()]
const price = z.object({ price: number })

describe('a change of the data', () => {
  it.each<[name: string, before: z.ZodType, after: z.ZodType, lines: readonly string[]]>([
    ['none', price, z.object({ price: number.describe('in cents') }), []],
    ['an optional member', price, z.object({ price: number, name: text.optional() }), []],
    ['a new member', price, z.object({ price: number, name: text }), ['"name" is required now; breaks publishers']],
    [
      'a member that may be missing',
      price,
      z.object({ price: number.optional() }),
      ['"price" may be missing now; breaks subscribers'],
    ],
    [
      'another type',
      price,
      z.object({ price: text }),
      ['"price" has fewer types; breaks publishers', '"price" has more types; breaks subscribers'],
    ],
    ['fewer words', z.enum(['a', 'b']), z.enum(['a']), ['has fewer values; breaks publishers']],
    ['more words', z.enum(['a']), z.enum(['a', 'b']), ['has more values; breaks subscribers']],
    [
      'a further alternative',
      z.union([text, price]),
      z.union([text, price, z.null()]),
      ['has more alternatives; breaks subscribers'],
    ],
    ['a limit', z.array(text), z.array(text).max(3), ['has the maxItems 3 now; breaks publishers']],
    ['a limit that is gone', number.min(5), number, ['has no minimum now; breaks subscribers']],
    ['items', z.array(price), z.array(z.object({})), ['"*.price" may be missing now; breaks subscribers']],
    [
      'no other members',
      z.looseObject({ a: text }),
      z.strictObject({ a: text }),
      ['may have no other members now; breaks publishers'],
    ],
    [
      'a member that is gone',
      z.strictObject({ a: text.optional() }),
      z.strictObject({}),
      ['"a" is refused now; breaks publishers'],
    ],
  ])('%s', async (_, before, after, lines) => {
    expect(await linesOf({ a: { message: before } }, { a: { message: after } })).toEqual(
      lines.map((line) => `a message: ${line}`),
    )
  })
})

describe('a change of an entry', () => {
  const sum = { request: price, reply: number }

  it.each<[name: string, before: EntryMap, after: EntryMap, lines: readonly string[]]>([
    ['is new', {}, { a: { message: text } }, ['a message: is new']],
    ['is gone', { a: { message: text } }, {}, ['a message: is no longer declared; breaks publishers and subscribers']],
    [
      'has another kind',
      { a: { message: text } },
      { a: { value: text } },
      ['a message: is no longer declared; breaks publishers and subscribers', 'a value: is new'],
    ],
    ['has another name for a segment', { 'a.{b}': { message: text } }, { 'a.{c}': { message: text } }, []],
    ['is covered by a wider one', { 'a.b': { message: text } }, { 'a.*': { message: text } }, []],
    [
      'has a stricter request',
      { a: sum },
      { a: { ...sum, request: price.extend({ name: text }) } },
      ['a request: "name" is required now; breaks requesters'],
    ],
    [
      'has a wider reply',
      { a: { request: price, reply: price } },
      { a: { request: price, reply: price.partial() } },
      ['a reply: "price" may be missing now; breaks requesters'],
    ],
    [
      'has another codec',
      { a: { message: text } },
      { a: { message: text, codec: 'text' } },
      ['a message: has the codec text now; breaks publishers and subscribers'],
    ],
    [
      'has a schema that can not be compared',
      { a: { message: text } },
      { a: { message: type() } },
      ['a message: can not be compared: one of the schemas has no JSON schema'],
    ],
  ])('that %s', async (_, before, after, lines) => {
    expect(await linesOf(before, after)).toEqual(lines)
  })
})
