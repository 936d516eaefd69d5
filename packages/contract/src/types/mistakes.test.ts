import { describe, expect, it } from 'vitest'
import { compile } from '../testing/compile.js'
import { api } from '../testing/typed-client.js'

/** The commonest mistakes, and what the compiler reports. A person reads the text of each. */
const mistakes: readonly (readonly [mistake: string, code: string, text: string])[] = [
  [
    'a misspelled subject',
    "publish('god.apple', { price: 1 })",
    "no entry of the contract has messages at 'god.apple'; correct it, or add an entry",
  ],
  [
    'a wildcard as the subject of a publish',
    "publish('good.*', { price: 1 })",
    "'good.*' has a wildcard, but one subject is needed; write text in its place",
  ],
  [
    'a param as the subject of a publish',
    "publish('room.{room}.msg', { text: 'hi' })",
    "'room.{room}.msg' is a template; build a subject from it with subject() of the contract",
  ],
  [
    'a subject of the type string',
    'publish(text, { price: 1 })',
    'text of the type string has no known entry; write a literal, or build it with subject() of the contract',
  ],
  [
    'a publish instead of a request',
    "publish('math.sum', [1, 2])",
    "no entry of the contract has messages at 'math.sum', only requests; " +
      'use the method for these, or add messages to the entry',
  ],
  [
    'a template without a segment',
    'publish(`room.${text}`, { text: "hi" })',
    "no entry of the contract has messages at 'room.${string}', only presence; " +
      'use the method for these, or add messages to the entry',
  ],
  [
    'a pattern that no entry can match',
    "subscribe('hall.*.msg', () => {})",
    "no entry of the contract has messages at 'hall.*.msg'; correct it, or add an entry",
  ],
  [
    'names and wildcards in one pattern',
    "subscribe('room.{room}.*', () => {})",
    "'room.{room}.*' has params and wildcards; write either names such as {room}, or '*' and '**'",
  ],
  ['a name twice', "subscribe('{a}.{a}', () => {})", "'{a}.{a}' has the param {a} twice; use two names"],
  [
    'an empty segment',
    "subscribe('room..msg', () => {})",
    "'room..msg' has an empty segment; put one or more characters between the dots",
  ],
  [
    'a path with slashes',
    "subscribe('good/apple', () => {})",
    "'good/apple' has a '/', but segments are joined by '.'; write '.' in its place",
  ],
  [
    'a wildcard of MQTT',
    "subscribe('good.+', () => {})",
    "'good.+' has a space or a '+', which no subject has; use '*' for one segment",
  ],
  [
    'a template with a wildcard',
    "api.subject('good.*', {})",
    "'good.*' has a wildcard; write a param with a name in its place, such as {name}",
  ],
  [
    'a template without an entry',
    "api.subject('hall.{hall}', { hall: 1 })",
    "no entry of the contract has the subject 'hall.{hall}'; correct it, or add an entry",
  ],
  [
    'a request without reply',
    "defineContract({ 'math.sum': { request: one } })",
    "the entry 'math.sum' has a request, but no reply; add one",
  ],
  [
    'an entry without data',
    "defineContract({ 'good.*': { broker: 'main' } })",
    "the entry 'good.*' declares no data; give it a schema, such as { message: … }",
  ],
  [
    'an unknown field',
    "defineContract({ 'good.*': { message: one, retain: true } })",
    "the entry 'good.*' has the unknown field 'retain'; write a kind of data, or an option",
  ],
]

/** Mistakes that TypeScript itself explains. */
const explained: typeof mistakes = [
  [
    'a schema in place of an entry',
    "defineContract({ 'good.*': one })",
    "Type 'ContractSchema<1>' is not assignable to type 'EntryDefinition'.\n" +
      "  Types of property ''~standard'' are incompatible.\n" +
      "    Type 'Props<1, 1>' is not assignable to type " +
      `'"this is a schema; write the kind of data before it, such as { message: Good }"'.`,
  ],
  [
    'data without a field',
    "publish('good.apple', {})",
    "Property 'price' is missing in type '{}' but required in type 'Good'.",
  ],
  [
    'a misspelled field',
    "publish('good.apple', { pric: 1 })",
    "Object literal may only specify known properties, but 'pric' does not exist in type 'Good'. " +
      "Did you mean to write 'price'?",
  ],
  [
    'another name of a param',
    "subscribe('room.{room}.msg', ({ params }) => params.rom)",
    "Property 'rom' does not exist on type '{ readonly room: string; }'. Did you mean 'room'?",
  ],
  [
    'a field that only some of the data has',
    "subscribe('*.apple', ({ data }) => data.price)",
    "Property 'price' does not exist on type 'bigint | Error | Good'.\n" +
      "  Property 'price' does not exist on type 'bigint'.",
  ],
  [
    'an object that is not a schema',
    "defineContract({ 'good.*': { message: {} } })",
    "Property '\"~standard\"' is missing in type '{}' but required in type 'StandardSchemaV1<unknown, unknown>'.",
  ],
]

describe('the compiler', () => {
  const header = [
    "import { api, publish, subscribe } from './testing/typed-client.js'",
    "import { defineContract } from './define-contract.js'",
    "import { type } from './type.js'",
    'declare const text: string',
    'const one = type<1>()',
  ]
  const all = [...mistakes, ...explained]
  const found = compile([...header, ...all.map(([, code]) => code)])

  it.each(mistakes)('explains %s in one sentence with the remedy', (mistake, code, text) => {
    const line = header.length + 1 + all.findIndex(([name]) => name === mistake)
    const own = found.filter((diagnostic) => diagnostic.line === line)
    expect(own, code).toHaveLength(1)
    // Before it, the compiler states the type that the code has.
    expect(own[0]?.text.split('\n')[0]).toMatch(/^(Argument of type|Type) .* is not assignable to /)
    expect(own[0]?.text.split('\n')[0]).toContain(text)
  })

  it.each(explained)('explains %s', (mistake, code, text) => {
    const line = header.length + 1 + all.findIndex(([name]) => name === mistake)
    expect(
      found.filter((diagnostic) => diagnostic.line === line),
      code,
    ).toEqual([{ line, text }])
  })

  it('reports no other error', () => {
    expect(found.map(({ line }) => line)).toEqual(all.map((_, i) => header.length + 1 + i))
  })
})

it('the contract of these tests is valid', () => expect(api.entries).toHaveLength(8))
