import { encodeUtf8, parseSubject, payloadText, WildcastError } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredMessage } from '../../../core/history-store.js'
import { contentOf, contentTypeOf, payloadsOf } from './content.js'

const json = 'application/json'
const messages = (text: string): unknown => payloadsOf(encodeUtf8(text), json)

const stored = (payload: string | Uint8Array): StoredMessage => ({ subject: parseSubject('a'), position: '', payload })

const codeOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (cause) {
    return WildcastError.from(cause).code
  }
}

describe('the messages of a JSON body', () => {
  it('are the elements of an array, with their own text, or the body itself', () => {
    expect(messages(' [1, {"a":[1,"]"]} ,[2,3], 12345678901234567890]\n')).toEqual([
      '1',
      '{"a":[1,"]"]}',
      '[2,3]',
      '12345678901234567890',
    ])
    expect([messages(' {"a":"\\"[,"} '), messages('[]'), messages('[ ]')]).toEqual([['{"a":"\\"[,"}'], [], []])
  })

  it('are those of any array, and read back as an array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat(2), (values, indent) => {
        const payloads = payloadsOf(encodeUtf8(JSON.stringify(values, null, indent)), json)
        expect(payloads.map((payload) => JSON.parse(payloadText(payload) ?? ''))).toEqual(
          values.map((value) => JSON.parse(JSON.stringify(value))),
        )
        expect(JSON.parse(String(contentOf(payloads.map(stored), json)))).toHaveLength(values.length)
      }),
    )
  })

  it('are JSON, or the body is refused: for any text', () => {
    const parts = fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ':', '1', ' ', 'null')
    fc.assert(
      fc.property(
        fc.array(parts).map((all) => all.join('')),
        (text) => {
          const expected = codeOf(() => {
            const value: unknown = JSON.parse(text)
            return Array.isArray(value) ? value.map((one) => JSON.stringify(one)) : [JSON.stringify(value)]
          })
          const found = text === '' ? 'internal' : codeOf(() => payloadsOf(encodeUtf8(text), json))
          if (expected === 'internal') expect(found).toSatisfy((one) => one === 'internal' || one === 'invalid_frame')
          else
            expect(Array.isArray(found) && found.map((one) => JSON.stringify(JSON.parse(String(one))))).toEqual(
              expected,
            )
        },
      ),
      { numRuns: 2000 },
    )
  })

  it.each(['[1,]', '[,]', '[1', '[1]]', '[1}', '"a', '[{]', '["', '{}x', '[1] [2]'])('%s is refused', (text) => {
    expect(codeOf(() => messages(text))).toBe('invalid_frame')
  })

  it('are at most 10,000', () => {
    expect(messages(`[${Array(10_000).fill('{"i":1}')}]`)).toHaveLength(10_000)
    expect(codeOf(() => messages(`[${Array(10_001).fill('1')}]`))).toBe('too_large')
  })
})

it('a payload that is not JSON is a string in JSON: its text, or its bytes in base64', () => {
  const all = [stored('{"a": 1}'), stored('hi "there"'), stored(Uint8Array.of(0, 255)), stored('')]
  expect(contentOf(all, json)).toBe('[{"a": 1},"hi \\"there\\"","AP8=",""]')
})

it('other bodies are one message, and are joined as bytes', () => {
  expect(payloadsOf(encodeUtf8('[1]'), 'text/plain')).toEqual(['[1]'])
  expect(payloadsOf(Uint8Array.of(0, 255), 'image/png')).toEqual([Uint8Array.of(0, 255)])
  expect(contentOf([stored('a'), stored(Uint8Array.of(255))], 'image/png')).toEqual(Buffer.from([97, 255]))
})

it.each(['json', 'text/javascript', 'a/b\r\nx: y', 'a/b; c', `a/${'b'.repeat(200)}`])(
  'the content type %j is refused',
  (type) => {
    expect(codeOf(() => contentTypeOf(type))).toBe('invalid_frame')
  },
)

it.each(['text/plain', 'application/json; charset=utf-8', 'a/b;c="d e"'])('the content type %j is kept', (type) => {
  expect(contentTypeOf(type)).toBe(type)
})
