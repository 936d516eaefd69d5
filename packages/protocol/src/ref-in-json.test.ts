import fc from 'fast-check'
import { expect, test } from 'vitest'
import { refInJson } from './ref-in-json.js'

test.each<[string, string]>([
  ['two kinds', '{"Publish":{"ref":7,"subject":"a","message":""},"Subscribe":"a"}'],
  ['a kind before it without one', '{"Subscribe":"a","Publish":{"ref":7,"subject":"a"}}'],
  ['nesting that is too deep before it', `{"Publish":{"message":${'['.repeat(99)}${']'.repeat(99)},"ref":7}}`],
  ['a payload of many escapes before it', `{"Publish":{"message":"${'\\\\\\n'.repeat(100_000)}","ref":7,}}`],
  ['a payload of many numbers before it', `{"Publish":{"message":[${'255,'.repeat(1_000_000)}],"ref":7,}}`],
  ['nesting that is too deep after it', `{"Publish":{"ref":7,"message":${'['.repeat(1_000_000)}`],
  ['a text that is cut off', '{"Publish":{"ref":7,"subject":"a'],
  ['a text that continues', '{"Publish":{"ref":7}}}'],
  ['white space', ' { "Publish" :\n{ "ref" :\t7 , "subject" : "a" , } }'],
  ['a payload that looks like one', '{"Publish":{"message":"{\\"ref\\":8,\\\\","ref":7,}}'],
  ['one that is nested', '{"Publish":{"headers":{"ref":8},"ref":7,}}'],
  ['a value of that name', '{"Publish":{"subject":"ref","ref":7,}}'],
  ['a whole number with a fraction', '{"Publish":{"ref":7.0,}}'],
])('finds the ref in spite of %s', (_, text) => expect(refInJson(text)).toBe(7))

test.each<[string, string]>([
  ['nothing', ''],
  ['no object', '[1,2'],
  ['no ref', '{"Publish":{"subject":"a"'],
  ['a ref outside of the body', '{"ref":7,"Publish":{}'],
  ['a text', '{"Publish":{"ref":"7",}}'],
  ['a fraction', '{"Publish":{"ref":7.5,}}'],
  ['a negative number', '{"Publish":{"ref":-7,}}'],
  ['a number that is too large', '{"Publish":{"ref":9007199254740992,}}'],
  ['a number that is cut off', '{"Publish":{"ref":7'],
])('finds no ref in %s', (_, text) => expect(refInJson(text)).toBeUndefined())

test('reads a bounded part of a text', () => {
  for (const many of ['[', '"ref"', '"ref":', '{}', '\\"'])
    expect(refInJson(`{"Publish":{"x":"${many.repeat(1_000_000)}","ref":7}}`)).toBeOneOf([7, undefined])
  expect(refInJson(`{"Publish":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},"ref":7}}`)).toBeUndefined()
})

test('reads any text without throwing, and finds the same ref as JSON.parse', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void refInJson(`{"Publish":{${text}`)))
  fc.assert(
    fc.property(fc.jsonValue(), fc.maxSafeNat(), (value, ref) => {
      expect(refInJson(JSON.stringify({ Publish: { message: value, ref } }))).toBe(ref)
    }),
  )
})
