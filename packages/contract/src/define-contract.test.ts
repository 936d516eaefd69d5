import { describe, expect, it } from 'vitest'
import { defineContract, mergeContracts } from './define-contract.js'
import type { ContractSchema, EntryMap } from './definition.js'
import { type } from './type.js'

const Good = type<{ readonly price: number }>()
const Msg = type<{ readonly text: string }>()

/** The message of the error that a definition, also an ill-typed one, throws. */
function refusal(entries: unknown, options?: { readonly prefix?: string }): string {
  try {
    defineContract(entries as EntryMap, options)
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    return (error as TypeError).message
  }
  throw new Error('the contract is not refused')
}

describe('defineContract', () => {
  const api = defineContract({
    'good.*': { message: Good, history: { messages: 50, age: '24h' } },
    'good.apple': { message: Good, broker: 'main' },
    'room.{room}.msg': { message: Msg, value: Good },
    'room.{room}': { presence: Msg },
    'math.sum': { request: Good, reply: Msg },
  })

  it('finds the entry of a subject by kind', () => {
    expect(api.find('message', 'room.42.msg')?.key).toBe('room.{room}.msg')
    expect(api.find('value', 'room.42.msg')?.pattern).toBe('room.*.msg')
    expect(api.find('presence', 'room.42')?.names).toEqual(['room'])
    expect(api.find('reply', 'math.sum')?.reply).toBe(Msg)
    expect(api.find('message', 'room.42')).toBeUndefined()
    expect(api.find('message', 'good')).toBeUndefined()
  })

  it('finds the first of the entries that share a schema', () => {
    expect(api.find('message', 'good.apple')?.key).toBe('good.*')
  })

  it.each(['good.*', '', 'good..x', 'a b', '{room}'])('finds no entry for %j, which is no subject', (text) => {
    expect(defineContract({ '**': { message: Good } }).find('message', text)?.key).toBe(
      text === '{room}' ? '**' : undefined,
    )
  })

  it('finds no reserved subject for a leading wildcard', () => {
    expect(defineContract({ '**': { message: Good } }).find('message', '$sys.load')).toBeUndefined()
  })

  it('returns the entries that a pattern can match, in their order', () => {
    const keys = (pattern: string): string[] => api.entriesFor(pattern).map(({ key }) => key)
    expect(keys('**')).toEqual(api.entries.map(({ key }) => key))
    expect(keys('room.{room}.msg')).toEqual(['room.{room}.msg'])
    expect(keys('good.apple')).toEqual(['good.*', 'good.apple'])
    expect(keys('bad.>')).toEqual([])
    expect(() => keys('good..x')).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
  })

  it('puts a prefix before all keys', () => {
    const hello = defineContract({ '': { message: Good }, 'a.b': { message: Msg } }, { prefix: 'hello' })
    expect(hello.entries.map(({ key }) => key)).toEqual(['hello', 'hello.a.b'])
    expect(hello.find('message', 'hello')?.message).toBe(Good)
    expect(hello.find('message', 'a.b')).toBeUndefined()
  })

  it.each(['', 'a.*', 'a..b', '{x}', 'a b'])('refuses the prefix %j', (prefix) => {
    expect(refusal({ a: { message: Good } }, { prefix })).toBe(
      `the prefix "${prefix}" of a contract must be a subject without wildcards, such as "hello"`,
    )
  })
})

describe('a definition with a fault', () => {
  it.each([
    ['good..x', 'it has an empty segment; put one or more characters between the dots'],
    ['', 'it has an empty segment; put one or more characters between the dots'],
    ['room/42', 'segments are joined by ".", not "/"'],
    ['a.b{c}', 'a param stands alone between dots and has a name of letters, such as "{room}"'],
    ['a.{}', 'a param stands alone between dots and has a name of letters, such as "{room}"'],
    ['a.{x}.{x}', 'it has the param "x" twice; use two names'],
    ['{x}.*', 'it has params and wildcards; write either names such as "{room}", or "*" and "**"'],
    ['{x}.>', 'it has params and wildcards; write either names such as "{room}", or "*" and "**"'],
  ])('names the subject %j and its fault', (key, fault) => {
    expect(refusal({ [key]: { message: Good } })).toBe(
      `the contract's entry "${key}" is invalid: "${key}" is not a valid subject: ${fault}`,
    )
  })

  it.each([undefined, null, 'good.*', 7, [], [{ message: Good }], Good])('is no object with entries: %j', (given) => {
    expect(refusal(given)).toBe(
      "a contract is an object with an entry for each pattern, such as defineContract({ 'good.*': { message: Good } })",
    )
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('names the param {%s}', (name) => {
    expect(refusal({ [`room.{${name}}`]: { message: Good } })).toBe(
      `the contract's entry "room.{${name}}" is invalid: "room.{${name}}" is not a valid subject: ` +
        `every object has a "${name}" of its own; give the param "${name}" another name`,
    )
  })

  const fields = 'message, value, request, reply, presence, broker, codec, deliver, maxRate, history, retained'

  it.each<[string, unknown, string]>([
    ['no object', null, 'must be an object with schemas, such as { message: Good }'],
    ['a schema in its place', Good, 'is a schema; write the kind of data before it, such as { message: Good }'],
    [
      'a schema that is a function in its place',
      Object.assign(() => {}, Good),
      'is a schema; write the kind of data before it, such as { message: Good }',
    ],
    ['no kind', { broker: 'main' }, 'declares no data; give it a schema, such as { message: Good }'],
    ['an unknown field', { mesage: Good }, `has the unknown field "mesage"; the fields are ${fields}`],
    ['a request without reply', { request: Good }, 'has a request, but no reply; add one'],
    ['a reply without request', { reply: Good }, 'has a reply, but no request; add one'],
    ['a wrong codec', { message: Good, codec: 'xml' }, 'has an invalid codec: it must be "json", "text" or "bytes"'],
    ['a wrong deliver', { message: Good, deliver: 'some' }, 'has an invalid deliver: it must be "all" or "latest"'],
    ['a wrong rate', { message: Good, maxRate: 0 }, 'has an invalid maxRate: it must be a number above 0'],
    ['a wrong broker', { message: Good, broker: '' }, 'has an invalid broker: it must be the name of a broker'],
    ['a wrong retained', { value: Good, retained: 1 }, 'has an invalid retained: it must be true or false'],
    ...[{ messages: 0 }, { messages: 1.5 }, { age: '24' }, { days: 1 }, 50, null].map(
      (history): [string, unknown, string] => [
        `the history ${JSON.stringify(history)}`,
        { message: Good, history },
        'has an invalid history: it must be such as { messages: 50, age: "24h" }',
      ],
    ),
  ])('has the entry and the remedy in its error: %s', (_, definition, fault) => {
    expect(refusal({ 'good.*': definition })).toBe(`the contract's entry "good.*" ${fault}`)
  })

  it.each([
    {},
    { '~standard': { version: 2, validate: () => ({}) } },
    { '~standard': { version: 1 } },
    'text',
    7,
    null,
  ])('refuses %j as a schema', (schema) => {
    expect(refusal({ 'good.*': { message: schema } })).toBe(
      'the contract\'s entry "good.*" has a message that is not a Standard Schema; ' +
        'use zod 4, valibot, arktype or type<T>()',
    )
  })

  it('is refused if two entries can match one subject with different schemas', () => {
    expect(refusal({ 'good.*': { message: Good }, '*.apple': { message: Msg } })).toBe(
      'the contract\'s entries "good.*" and "*.apple" can match one subject, but have different schemas for message; ' +
        'give both the same schema object, or change one of the patterns',
    )
  })

  it('counts two calls of type() as different schemas', () => {
    expect(refusal({ 'a.*': { value: type<1>() }, 'a.b': { value: type<1>() } })).toContain(
      'different schemas for value',
    )
  })

  it('is accepted if such entries have different kinds, or share no subject', () => {
    const accepted: EntryMap[] = [
      { 'good.*': { message: Good }, 'good.apple': { value: Msg } },
      { 'good.*': { message: Good }, good: { message: Msg } },
    ]
    for (const entries of accepted)
      expect(Object.keys(entries)).toEqual(defineContract(entries).entries.map(({ key }) => key))
  })
})

describe('mergeContracts', () => {
  const goods = defineContract({ 'good.*': { message: Good } })
  const rooms = defineContract({ '{room}.msg': { message: Msg } }, { prefix: 'room' })

  it('has the entries of all', () => {
    const api = mergeContracts(goods, rooms, goods)
    expect(api.entries.map(({ key }) => key)).toEqual(['good.*', 'room.{room}.msg'])
    expect(api.find('message', 'room.1.msg')?.message).toBe(Msg)
  })

  it('refuses entries that can match one subject with different schemas', () => {
    expect(() => mergeContracts(goods, defineContract({ '**': { message: Msg } }))).toThrow(
      'the contract\'s entries "good.*" and "**" can match one subject',
    )
  })

  it('refuses what is no contract', () => {
    for (const other of [{ 'good.*': { message: Good } }, undefined])
      expect(() => mergeContracts(goods, other as never)).toThrow(
        new TypeError('mergeContracts takes what defineContract returns'),
      )
  })
})

/** A schema with this function. */
function schema(validate: ContractSchema['~standard']['validate']): ContractSchema {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

describe('check', () => {
  it('returns undefined for a subject without an entry of the kind', () => {
    expect(defineContract({ a: { message: Good } }).check('value', 'a', 1)).toBeUndefined()
  })

  it('returns the output of the schema', () => {
    const api = defineContract({ a: { message: schema((value) => ({ value: [value] })) } })
    expect(api.check('message', 'a', 1)).toEqual({ value: [1] })
  })

  it('returns the failure with the path and the count of other issues', () => {
    const issues = [{ message: 'must be a number', path: ['items', { key: 0 }, 'price'] }, { message: 'no' }]
    const fails = schema(() => ({ issues }))
    const api = defineContract({ a: { message: fails }, sum: { request: fails, reply: fails } })
    const text = '"items.0.price" must be a number; and 1 more'
    expect(api.check('message', 'a', {})).toEqual({ failure: { code: 'invalid_payload', message: `a: ${text}` } })
    expect(api.check('reply', 'sum', {})?.failure?.message).toBe(`sum (reply): ${text}`)
  })

  it('throws if the schema throws, with the entry, the kind and the cause', () => {
    const cause = new Error('broken')
    const api = defineContract({
      'a.*': {
        value: schema(() => {
          throw cause
        }),
      },
    })
    const message = 'the schema for value of the contract\'s entry "a.*" has thrown an error; it must return issues'
    expect(() => api.check('value', 'a.b', 1)).toThrow(expect.objectContaining({ name: 'TypeError', message, cause }))
  })

  it('throws if the schema is asynchronous, also if its promise rejects', () => {
    const message =
      'the schema for value of the contract\'s entry "a.*" has returned a promise; ' +
      'leave out async checks, and checks that throw'
    for (const result of [Promise.resolve({ value: 1 }), Promise.reject(new Error('late'))]) {
      const api = defineContract({ 'a.*': { value: schema(() => result) } })
      expect(() => api.check('value', 'a.b', 1)).toThrow(expect.objectContaining({ name: 'TypeError', message }))
    }
  })
})
