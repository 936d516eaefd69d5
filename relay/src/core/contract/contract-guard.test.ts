import { type ContractSchema, defineContract, type EntryMap, type } from '@wildcast/contract'
import { type Payload, parsePattern, WildcastError } from '@wildcast/protocol'
import * as v from 'valibot'
import { describe, expect, it, vi } from 'vitest'
import { ContractGuard } from './contract-guard.js'
import type { DataPlace } from './data-of-message.js'
import type { RelayContract } from './relay-contract.js'

const Good = v.object({ price: v.number() })

interface Opened {
  /** Publishes data. Returns `ok`, or the refusal. */
  readonly publish: (kind: DataPlace['kind'], subject: string, payload: Payload) => string
  readonly guard: ContractGuard
  readonly errors: readonly string[]
}

function opened(entries: EntryMap, settings: Omit<RelayContract, 'contract'> = {}): Opened {
  const errors: string[] = []
  const contract = defineContract(entries)
  const guard = new ContractGuard({ contract, ...settings }, ({ code, message }, { stage }) =>
    errors.push(`${stage} ${code}: ${message}`),
  )
  return {
    guard,
    errors,
    publish(kind, subject, payload) {
      try {
        guard.demand({ kind, subject: parsePattern(subject) }, payload)
        return 'ok'
      } catch (cause) {
        const { code, message } = WildcastError.from(cause)
        return `${code}: ${message}`
      }
    },
  }
}

/** A schema that counts the data it was asked about. */
function counting(validate: ContractSchema['~standard']['validate'] = (value) => ({ value })) {
  const seen: unknown[] = []
  const schema: ContractSchema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        seen.push(value)
        return validate(value)
      },
    },
  }
  return { seen, schema }
}

describe('data', () => {
  it.each<[payload: Payload, codec: 'json' | 'text' | 'bytes' | undefined, data: unknown]>([
    ['{"a":1}', undefined, { a: 1 }],
    [new TextEncoder().encode('{"a":1}'), undefined, { a: 1 }],
    ['hello', undefined, 'hello'],
    ['42', undefined, 42],
    ['42', 'text', '42'],
    ['42', 'json', 42],
    ['', undefined, ''],
    ['', 'json', undefined],
    [Uint8Array.of(0xff), undefined, Uint8Array.of(0xff)],
    ['a', 'bytes', Uint8Array.of(0x61)],
    [`[${Array(2000).fill(7).join()}]`, undefined, Array(2000).fill(7)],
    ['{"__proto__":{"price":1}}', undefined, JSON.parse('{"__proto__":{"price":1}}')],
  ])('of the payload %j with the codec %s is what receivers read', (payload, codec, data) => {
    const { seen, schema } = counting()
    expect(opened({ a: { message: schema, codec } }).publish('message', 'a', payload)).toBe('ok')
    expect(seen).toEqual([data])
  })

  it.each<[payload: Payload, codec: 'json' | 'text', fault: string]>([
    ['{', 'json', 'must be JSON'],
    [Uint8Array.of(0xff), 'json', 'must be JSON'],
    [Uint8Array.of(0xff), 'text', 'must be text in UTF-8'],
  ])('of the payload %j does not fit the codec %s', (payload, codec, fault) => {
    const { publish } = opened({ a: { message: counting().schema, codec } })
    expect(publish('message', 'a', payload)).toBe(`invalid_payload: a: ${fault}`)
  })

  it('that is left out has an empty payload', () => {
    expect(opened({ a: { message: v.optional(Good) } }).publish('message', 'a', '')).toBe('ok')
    expect(opened({ a: { message: Good } }).publish('message', 'a', '')).toMatch('invalid_payload')
  })

  it('that is text, but reads as JSON, is refused with the remedy', () => {
    expect(opened({ a: { message: v.string() } }).publish('message', 'a', 'hello')).toBe('ok')
    expect(opened({ a: { message: v.string() } }).publish('message', 'a', '4217')).toMatch(
      /for text, .* codec: "text"$/,
    )
    expect(opened({ a: { message: v.string(), codec: 'text' } }).publish('message', 'a', '4217')).toBe('ok')
  })

  it('of the prototype is no member', () => {
    const { publish } = opened({ a: { message: v.object({ constructor: v.number() }) } })
    expect(publish('message', 'a', '{}')).toMatch('"constructor"')
    const good = opened({ a: { message: Good } })
    expect(good.publish('message', 'a', '{"__proto__":{"price":1}}')).toMatch('"price"')
    expect(good.publish('message', 'constructor', '1')).toBe('ok')
  })
})

describe('hostile data', () => {
  it.each([
    ['a million numbers', `[${Array(500_000).fill(1).join()}]`],
    ['a million texts', `[${Array(300_000).fill('""').join()}]`],
    ['deep arrays', '['.repeat(500_000)],
    ['deep objects', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
  ])('of %s is refused before the schema sees it', (_, payload) => {
    const { seen, schema } = counting()
    const refused = opened({ a: { message: schema } }).publish('message', 'a', payload)
    expect(refused).toMatch('must have at most 10000 values in 32 levels')
    expect(seen).toEqual([])
  })

  it('with many faults has a short refusal', () => {
    const payload = JSON.stringify(Array(9_000).fill(null))
    const refused = opened({ a: { message: v.array(v.string()) } }).publish('message', 'a', payload)
    expect(refused).toMatch(/"0".*; and 8999 more$/)
    expect(refused.length).toBeLessThan(300)
  })

  it('that is a long text with many commas is text', () => {
    expect(opened({ a: { message: v.string() } }).publish('message', 'a', ','.repeat(20_000))).toBe('ok')
  })
})

describe('a kind', () => {
  it('is checked by the schema of its entry; messages and values by that of the other if they have none', () => {
    const { publish } = opened({ m: { message: Good }, v: { value: Good }, both: { message: Good, value: v.null() } })
    for (const subject of ['m', 'v', 'both']) expect(publish('message', subject, 'null')).toMatch('invalid_payload')
    for (const subject of ['m', 'v']) expect(publish('value', subject, 'null')).toMatch('invalid_payload')
    expect(publish('value', 'both', 'null')).toBe('ok')
  })

  it('of others is not looked at', () => {
    const { publish } = opened({ a: { message: Good } })
    for (const kind of ['request', 'reply', 'presence'] as const) expect(publish(kind, 'a', '1')).toBe('ok')
  })

  it('without a schema to check needs no data that can be checked', () => {
    const { publish } = opened({ a: { message: type<number[]>() } })
    expect(publish('message', 'a', `[${Array(20_000).fill('""').join()}]`)).toBe('ok')
  })
})

describe('a publish to a pattern', () => {
  it('must fit every entry that it can reach', () => {
    const { publish } = opened({ 'a.*': { message: Good }, 'b.*': { message: v.null() } })
    expect(publish('message', 'a.**', '{"price":1}')).toBe('ok')
    expect(publish('message', '*.x', '{"price":1}')).toMatch('invalid_payload: *.x')
    expect(publish('message', 'c.*', '1')).toBe('ok')
  })

  it('must fit entries with only a value, too, also if others have messages', () => {
    const { publish } = opened({ 'a.*': { message: Good }, 'b.*': { value: v.null() } })
    expect(publish('message', '*.x', '{"price":1}')).toMatch('invalid_payload: *.x')
    expect(publish('message', '*.x', 'null')).toMatch('invalid_payload: *.x')
  })
})

describe('data that no entry declares', () => {
  it('is allowed, unless it is refused', () => {
    expect(opened({}).publish('message', 'a', '1')).toBe('ok')
    const { publish } = opened({ m: { message: Good } }, { undeclared: 'refuse' })
    expect(publish('message', 'm', '{"price":1}')).toBe('ok')
    expect(publish('message', 'a.*', '1')).toMatch('declares no messages at "a.*"')
    expect(publish('value', 'm', '{"price":1}')).toBe(
      'invalid_payload: the contract declares no values at "m"; add an entry, or correct the subject',
    )
    for (const kind of ['request', 'presence'] as const) expect(publish(kind, 'm', '1')).toMatch('invalid_payload')
    expect(publish('reply', 'm', '1')).toBe('ok')
  })

  it('is not reached by a pattern that no entry covers', () => {
    const { publish } = opened({ 'a.*': { message: Good } }, { undeclared: 'refuse' })
    expect(publish('message', 'a.*', '{"price":1}')).toBe('ok')
    for (const pattern of ['*.x', '**', 'a.**'])
      expect(publish('message', pattern, '{"price":1}')).toMatch(`declares no messages at "${pattern}"`)
  })
})

describe('a schema that fails', () => {
  it.each<[string, ContractSchema['~standard']['validate']]>([
    [
      'throws',
      () => {
        throw new Error('secret of the schema')
      },
    ],
    ['is asynchronous', () => Promise.resolve({ value: 1 })],
  ])('since it %s is logged with its entry; clients get no internals', (_, validate) => {
    const { publish, errors } = opened({ 'a.*': { message: counting(validate).schema }, b: { message: Good } })
    expect(publish('message', 'a.x', 'hunter22')).toBe(
      'internal: "a.x" has a schema that failed; the log of the relay has the reason',
    )
    expect(errors).toEqual([expect.stringMatching(/^contract internal: .*entry "a\.\*"/)])
    expect(errors.join()).not.toMatch(/hunter22|secret/)
    expect(publish('message', 'b', '{"price":1}')).toBe('ok')
  })
})

it('parses a payload once for the contract and the filters', () => {
  const { publish, guard } = opened({ a: { message: Good } })
  const parse = vi.spyOn(JSON, 'parse')
  publish('message', 'a', '{"price":1}')
  expect(guard.parsed.jsonOf('{"price":1}')).toEqual({ price: 1 })
  expect(parse).toHaveBeenCalledTimes(1)
  parse.mockRestore()
})
