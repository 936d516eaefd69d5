import { describe, expect, it } from 'vitest'
import { readOutputs } from './read-outputs.js'

const circle: Record<string, unknown> = {}
circle.self = circle

const several = [
  ['x', '1'],
  ['x', '2'],
  ['y', '3'],
]

describe('the result of a component', () => {
  it.each([
    ['nothing', undefined, []],
    ['nothing either', null, []],
    ['text', { message: 'hi' }, [{ payload: 'hi' }]],
    ['bytes', { message: Uint8Array.of(0, 255) }, [{ payload: Uint8Array.of(0, 255) }]],
    ['a value', { message: { a: [1] } }, [{ payload: '{"a":[1]}' }]],
    ['no message', { subject: 'a' }, [{ payload: '', subject: 'a' }]],
    ['several', [{ message: '1' }, { message: '2', broker: 'b' }], [{ payload: '1' }, { payload: '2', broker: 'b' }]],
    ['headers', { headers: { x: '1' } }, [{ payload: '', headers: [['x', '1']] }]],
    ['a Map of headers', { headers: new Map([['x', '1']]) }, [{ payload: '', headers: [['x', '1']] }]],
    ['headers with several values', { headers: { x: ['1', '2'], y: '3' } }, [{ payload: '', headers: several }]],
    ['pairs of headers', { headers: several }, [{ payload: '', headers: several }]],
  ])('may be %s', (_, returned, outputs) => {
    expect(readOutputs(returned)).toEqual(outputs)
  })

  it.each([
    ['text', 'hi', 'it returned a string; return { message: … }, several of them in a list, or nothing'],
    ['a number', 7, 'it returned a number'],
    ['an object of a class', new Date(0), 'it returned an object of a class'],
    ['a list in a list', [[{}]], 'it returned a list in a list'],
    ['an unknown key', { mesage: 'hi' }, 'an output with "mesage"; known are message, subject, broker'],
    ['a circle', { message: circle }, 'a "message" that can\'t be sent: JSON has no cycles'],
    ['a function', { message: () => {} }, 'a "message" that can\'t be sent: JSON has no Function: send'],
    ['a subject that is no text', { subject: 7 }, 'whose "subject" is a number; write a string'],
    [
      'a header value that is no text',
      { headers: { a: 1 } },
      '"headers" that can\'t be sent: header "a": give a token and strings',
    ],
    ['a number among the values of a header', { headers: { a: ['1', 2] } }, 'header "a": give a token and strings'],
    ['a header without a value', { headers: { a: [] } }, 'header "a": give a token and strings'],
    ['names without values', { headers: ['a'] }, 'header "a": give a token and strings'],
    ['text for headers', { headers: 'a: 1' }, 'headers: give an object, a Map or pairs'],
    ['a line break in headers', { headers: { a: 'x\r\ny' } }, 'header "a": give a token and strings without controls'],
    ['too many', Array.from({ length: 1001 }, () => ({})), 'it returned 1001 outputs; 1000 are allowed'],
  ])('may not be %s', (_, returned, why) => {
    expect(() => readOutputs(returned)).toThrow(
      expect.objectContaining({ code: 'internal', message: expect.stringContaining(why) }),
    )
  })
})
