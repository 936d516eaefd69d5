import { parsePattern, parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { StoredValue, ValueWrite, Written } from '../../core/store.js'
import {
  pageBody,
  pageRequestBody,
  readPage,
  readPageRequest,
  readValue,
  readWrite,
  readWritten,
  valueBody,
  writeBody,
  writtenBody,
} from './value-bodies.js'

const subject = parseSubject('good.apple')
const headers = [['trace', '1']] as const
const will = { payload: Uint8Array.of(0, 255), lease: 'relay' }

it.each<[string, ValueWrite]>([
  ['text', { message: { subject, payload: 'héllo' } }],
  ['bytes', { message: { subject, payload: Uint8Array.of(0xff, 0) } }],
  ['no value', { message: { subject, payload: '' }, ifRevision: null }],
  ['a revision', { message: { subject, payload: 'x' }, ifRevision: 'r' }],
  ['all fields', { message: { subject, payload: 'x', headers, user: 'ada' }, ifRevision: 'r', ttlMs: 5, will }],
  ['a key', { message: { subject, payload: 'x' }, key: { name: 'k', fingerprint: 'f' } }],
])('a write is read as it was written: %s', (_, write) => {
  expect(readWrite(writeBody(write))).toEqual(write)
})

it('a write carries the user of its client', () => {
  const { message } = readWrite(writeBody({ message: { subject, payload: 'x', from: { session: 's', user: 'ada' } } }))
  expect(message.user).toBe('ada')
})

it.each<Written>([
  { kind: 'written', revision: 'r' },
  { kind: 'written', revision: 'r', repeated: true },
  { kind: 'unchanged' },
  { kind: 'refused', revision: 'r' },
  { kind: 'refused', revision: undefined },
])('an outcome is read as it was written: %j', (written) => {
  expect(readWritten(writtenBody(written))).toEqual(written)
})

it('values, pages and requests of pages are read as they were written', () => {
  const value: StoredValue = { subject, revision: 'r', payload: Uint8Array.of(1), headers, user: 'ada' }
  expect(readValue(valueBody(value))).toEqual(value)
  expect(readValue(valueBody(undefined))).toBeUndefined()
  const page = { values: [value, { subject, revision: 's', payload: 'x' }], next: subject }
  expect(readPage(pageBody(page))).toEqual(page)
  expect(readPage(pageBody({ values: [] }))).toEqual({ values: [] })
  const request = { after: subject, values: 7, bytes: 8 }
  const pattern = parsePattern('a.**')
  expect(readPageRequest(pageRequestBody(pattern, request))).toEqual({ pattern, request })
})
