import { describe, expect, it } from 'vitest'
import { isTraceHeader, withoutTrace } from './trace-headers.js'

describe('the headers of a trace', () => {
  it('are those of W3C Trace Context, in any case', () => {
    const names = ['traceparent', 'Traceparent', 'tracestate', 'trace', 'traceparents', 'x-tracestate', 'baggage']
    expect(names.filter(isTraceHeader)).toEqual(['traceparent', 'Traceparent', 'tracestate'])
  })
  it('are left out, and the others keep their order', () => {
    const others = [['b', '1'] as const, ['a', '2'] as const]
    expect(withoutTrace([['traceparent', 'x'], others[0], ['tracestate', 'y'], others[1]] as never)).toEqual(others)
    expect(withoutTrace(others)).toBe(others)
    expect(withoutTrace([['traceparent', 'x']])).toBeUndefined()
    expect(withoutTrace(undefined)).toBeUndefined()
  })
})
