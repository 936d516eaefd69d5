import type { Headers, Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { natsHeadersFrom, natsHeadersIn } from '../headers.js'
import { copyFields, copyHeaders } from './copy-form.js'
import { storedFormIn, storedFormOf } from './stored-form.js'

const subject = 'a' as Subject
const term = '0tpbn3ugs7'
const bytes = fc.uint8Array({ minLength: 1, maxLength: 50 })
const user = fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined })

/** Returns headers as NATS brings them back. */
function carried(headers: Headers): Headers {
  const read = natsHeadersIn(natsHeadersFrom(headers).written.encode())
  if (typeof read === 'string') throw new Error(read)
  return read.entries
}

it('a value is read as it was written, with its user and its will', () => {
  const will = fc.option(fc.uint8Array({ maxLength: 50 }), { nil: undefined })
  fc.assert(
    fc.property(bytes, user, will, fc.option(fc.nat(), { nil: undefined }), (payload, user, will, expected) => {
      const from = user === undefined ? undefined : { session: 's', user }
      const write = { message: { subject, payload, from }, will: will && { payload: will, lease: 'relay.1' } }
      const stored = storedFormOf(write, term, expected)
      const data = Buffer.from(stored.payload)
      const form = storedFormIn(carried(stored.headers), new Uint8Array(data))
      expect(form).toMatchObject({ term, payload, about: user === undefined ? {} : { user } })
      expect(form?.will).toEqual(will && { payload: will, lease: 'relay.1' })
    }),
  )
})

it.each([
  ['no term', []],
  ['a term in another form', [['wildcast/term', 'x']]],
] as const)('a message with %s is no value', (_, headers) => {
  expect(storedFormIn(headers, Uint8Array.of(1))).toBeUndefined()
})

it('a damaged will is a part of the value', () => {
  const headers = [
    ['wildcast/term', term],
    ['wildcast/will', 'x relay'],
  ] as const
  expect(storedFormIn(headers, Uint8Array.of(1, 2))).toEqual({ term, payload: Uint8Array.of(1, 2), about: {} })
})

it('the copy of a change has its revision and its user', () => {
  fc.assert(
    fc.property(user, fc.boolean(), (user, isDeleted) => {
      const fields = {
        revision: `${term}-000000001`,
        ...(isDeleted && { deleted: true as const }),
        ...(user !== undefined && { user }),
      }
      expect(copyFields(carried(copyHeaders({ subject, payload: '', ...fields })))).toEqual(fields)
    }),
  )
})

it.each([
  ['an ordinary message', []],
  ['another form', [['wildcast/revision', 'x']]],
] as const)('%s is no copy', (_, headers) => {
  expect(copyFields(headers)).toEqual({})
})
