import { type BrokerMessage, parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import {
  failureBody,
  interestBody,
  messageBody,
  numberBody,
  readFailure,
  readInterest,
  readMessage,
  readNumber,
  readRequest,
  requestBody,
} from './bodies.js'

const subject = parseSubject('good.apple')
const beside = { contentType: 'text/plain', correlation: Uint8Array.of(0, 255), format: 0 }
const whole: BrokerMessage = {
  subject,
  payload: Uint8Array.of(0xff, 0, 1),
  responseSubject: parseSubject('answer.here'),
  headers: [
    ['trace', '1'],
    ['other', ''],
    ['trace', '2'],
  ],
  more: true,
  error: { code: 'internal', message: 'äöü' },
}

it.each<[string, BrokerMessage]>([
  ['text', { subject, payload: 'héllo' }],
  ['bytes', { subject, payload: Uint8Array.of(0xff, 0) }],
  ['all fields', whole],
  ['a value', { subject, payload: 'x', revision: 'r', user: 'ada' }],
  ['a deletion', { subject, payload: '', headers: [['a', 'b']], revision: 'r', deleted: true }],
  ['a kept message', { subject, payload: 'x', position: 'p', user: 'ada' }],
  ['a message of MQTT', { subject, payload: 'x', qos: 2, retain: true, expiresAt: 2 ** 41, beside }],
  ['an expired value', { subject, payload: '', revision: 'r', deleted: true, expired: true }],
  ['one field', { subject, payload: '', headers: [['a', 'b']] }],
])('a message is read as it was written: %s', (_, message) => {
  expect(readMessage(messageBody(message))).toEqual(message)
})

it('a request, an interest and a number are read as they were written', () => {
  expect(readRequest(requestBody(whole, 2000))).toEqual({ message: whole, timeoutMs: 2000 })
  for (const interest of [
    { pattern: parsePattern('a.*') },
    { pattern: parsePattern('a.*'), group: 'workers' },
    { pattern: parsePattern('a.b'), serve: true },
    { pattern: parsePattern('a.b'), answers: true },
  ])
    expect(readInterest(interestBody(interest))).toEqual(interest)
  expect(readNumber(numberBody(2 ** 40))).toBe(2 ** 40)
})

it('a failure is read as its code and message', () => {
  const error = readFailure(failureBody(new WildcastError('no_responders', 'no responder')))
  expect(error).toMatchObject({ code: 'no_responders', message: 'no responder', retry: true })
})
