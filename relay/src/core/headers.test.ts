import { type Headers, parseSubject, WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { carriedHeaders, traceField, valuesOf, withHeader, withTraceOf } from './headers.js'

const headers = [
  ['trace', '1'],
  ['path', 'a'],
  ['trace', ''],
] as const

it('valuesOf returns the values of a name in order', () => {
  expect(valuesOf(headers, 'trace')).toEqual(['1', ''])
  expect(valuesOf(headers, 'Trace')).toEqual([])
  expect(valuesOf(undefined, 'trace')).toEqual([])
})

it('withHeader replaces all values of a name', () => {
  expect(withHeader(headers, 'trace', '2')).toEqual([
    ['path', 'a'],
    ['trace', '2'],
  ])
  expect(withHeader(undefined, 'trace', '2')).toEqual([['trace', '2']])
})

describe('the headers of a trace', () => {
  const parent = ['traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`] as const
  const state = ['tracestate', 'x=1'] as const
  const message = (...own: Headers) => ({ subject: parseSubject('a'), payload: '', headers: own })

  it('are left out at a broker without headers, which refuses others', () => {
    const refusal = new WildcastError('unsupported', 'none')
    const bare = {
      can: () => false,
      demand: () => {
        throw refusal
      },
    }
    expect(carriedHeaders(bare, 'main', [parent, state])).toBeUndefined()
    expect(() => carriedHeaders(bare, 'main', [parent, ['kind', 'x']])).toThrow(refusal)
    const full = { can: () => true, demand: () => {} }
    expect(carriedHeaders(full, 'main', [parent, ['kind', 'x']])).toEqual([parent, ['kind', 'x']])
  })

  it('go from a trigger to its outputs, unless these have their own or no room', () => {
    const trigger = message(parent, ['kind', 'x'], state)
    expect(withTraceOf(message(['own', '1']), trigger).headers).toEqual([['own', '1'], parent, state])
    const other = ['traceparent', 'other'] as const
    expect(withTraceOf(message(other), trigger).headers).toEqual([other])
    const full = Array.from({ length: 63 }, (_, i) => [`h${i}`, ''] as const)
    expect(withTraceOf(message(...full), trigger).headers).toEqual(full)
  })

  it('name the trace of a log line, and nothing else that a client wrote', () => {
    expect(traceField(message(parent))).toEqual({ trace: 'a'.repeat(32) })
    for (const value of ['', 'x', `00-${'A'.repeat(32)}-b-01`, `00-${'a'.repeat(31)}\n-b-01`])
      expect(traceField(message(['traceparent', value]))).toEqual({})
    expect(traceField({ headers: undefined })).toEqual({})
  })
})
