import { describe, expect, it } from 'vitest'
import { errorTable, factsOf, isErrorCode } from './error-table.js'
import { type ErrorCode, finalCloseCodes, firstFinalCloseCode, permanentCodes, WildcastError } from './errors.js'

const codes = Object.keys(errorTable) as ErrorCode[]

describe('the table', () => {
  it.each(codes)('%s has a private close code, an HTTP error status and a retry flag', (code) => {
    const { close, status, retry } = errorTable[code]
    expect(close).toBeGreaterThanOrEqual(4400)
    expect(close).toBeLessThan(4600)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(typeof retry).toBe('boolean')
  })

  it.each(codes)('%s has a final close code only if the same action can never succeed', (code) => {
    const { close, retry } = errorTable[code]
    if (close >= firstFinalCloseCode) expect(retry).toBe(false)
  })

  it.each(['unauthorized', 'forbidden', 'replaced'] as const)('%s stops the client from reconnecting', (code) => {
    expect(errorTable[code].close).toBeGreaterThanOrEqual(firstFinalCloseCode)
  })
})

describe('the part of the table that a client has', () => {
  it('lists the permanent codes', () => expect(permanentCodes).toEqual(codes.filter((code) => !errorTable[code].retry)))

  it('lists the final close codes', () => {
    const final = codes.filter((code) => errorTable[code].close >= firstFinalCloseCode)
    expect(finalCloseCodes).toEqual(Object.fromEntries(final.map((code) => [errorTable[code].close, code])))
  })
})

describe('factsOf', () => {
  it('returns the entry of the table', () => expect(factsOf('timeout')).toBe(errorTable.timeout))

  it.each(['app_code', 'toString'])('returns those of internal for %j', (code) =>
    expect(factsOf(code)).toBe(errorTable.internal),
  )
})

describe('isErrorCode', () => {
  it('accepts every code', () => expect(codes.every(isErrorCode)).toBe(true))

  it.each(['', 'Invalid_frame', 'invalid frame', 'app_code', ...Object.getOwnPropertyNames(Object.prototype)])(
    'refuses %j',
    (text) => expect(isErrorCode(text)).toBe(false),
  )
})

describe('WildcastError', () => {
  it('takes retry from the table', () => {
    expect(new WildcastError('timeout', 'late').retry).toBe(true)
    expect(new WildcastError('forbidden', 'no').retry).toBe(false)
  })

  it('prefers the values that the relay sent', () => {
    const error = new WildcastError('rate_limited', 'slower', { retry: false, retryInMs: 250 })
    expect(error).toMatchObject({ name: 'WildcastError', code: 'rate_limited', retry: false, retryInMs: 250 })
  })

  it('has a cause only if one is passed', () => {
    expect('cause' in new WildcastError('internal', 'x')).toBe(false)
    expect(new WildcastError('internal', 'x', { cause: undefined })).toHaveProperty('cause', undefined)
  })

  it('wraps a thrown value, and returns a WildcastError unchanged', () => {
    const own = new WildcastError('timeout', 'late')
    expect(WildcastError.from(own)).toBe(own)
    const cause = new RangeError('too far')
    expect(WildcastError.from(cause)).toMatchObject({ code: 'internal', message: 'too far', cause })
    expect(WildcastError.from('odd', 'broker_down')).toMatchObject({
      code: 'broker_down',
      message: 'odd',
      cause: 'odd',
    })
    expect(WildcastError.from(undefined)).toMatchObject({ code: 'internal', message: 'undefined' })
  })
})

it('wraps any thrown value, also one that does not convert to text', () => {
  expect(WildcastError.from(Object.create(null))).toMatchObject({ code: 'internal', message: 'object' })
  expect(WildcastError.from('late')).toMatchObject({ message: 'late' })
})
