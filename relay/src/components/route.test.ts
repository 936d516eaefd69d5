import { type BrokerMessage, parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { route } from './route.js'

const defaults = { own: 'own', result: { broker: 'other', subject: 'good.bye' } }
const none = { own: 'own', result: {} }
const trigger: BrokerMessage = { subject: parseSubject('hello.x'), payload: 'in' }
const asked: BrokerMessage = { ...trigger, responseSubject: parseSubject('_INBOX.1') }
const request: BrokerMessage = { ...trigger, subject: parseSubject('request.1.POST.hello') }

describe('an output goes to', () => {
  it.each([
    ['its own subject and broker', { subject: 'a', broker: 'third' }, asked, defaults, 'third a'],
    ['its own subject, on the default broker', { subject: 'a' }, asked, defaults, 'other a'],
    ['the subject to answer on, on the broker of the request', {}, asked, defaults, 'own _INBOX.1'],
    ['the subject to answer on that its request implies', {}, request, none, 'own response.1.POST.hello'],
    ['the subject to answer on, on its own broker', { broker: 'third' }, asked, defaults, 'third _INBOX.1'],
    ['the default broker and subject', {}, trigger, defaults, 'other good.bye'],
    [
      'the subject of its trigger, on the default broker',
      {},
      trigger,
      { own: 'own', result: { broker: 'other' } },
      'other hello.x',
    ],
    ['the subject and broker of its trigger', {}, trigger, none, 'own hello.x'],
  ])('%s', (_, output, from, where, expected) => {
    const { broker, message } = route({ payload: 'out', ...output }, from, where)
    expect(`${broker} ${message.subject}`).toBe(expected)
    expect(message.payload).toBe('out')
  })

  it('the subject to answer on with the correlation data of its request, and elsewhere without', () => {
    const beside = { correlation: Uint8Array.of(1), contentType: 'text/plain' }
    const from = { ...asked, beside }
    const besideOf = (output: object): unknown => route({ payload: '', ...output }, from, none).message.beside
    expect(besideOf({})).toEqual({ correlation: beside.correlation })
    expect(besideOf({ subject: '_INBOX.1' })).toEqual({ correlation: beside.correlation })
    expect(besideOf({ subject: 'a' })).toBeUndefined()
  })

  it('carries headers and a response subject', () => {
    const output = { payload: '', subject: 'a', responseSubject: 'b', headers: [['x', '1']] as const }
    expect(route(output, trigger, none).message).toEqual({
      subject: 'a',
      payload: '',
      responseSubject: 'b',
      headers: [['x', '1']],
    })
  })

  it.each([{ subject: 'a b' }, { subject: 'a.*' }, { responseSubject: 'x..y' }])('no destination with %j', (output) => {
    expect(() => route({ payload: '', ...output }, trigger, none)).toThrow(
      expect.objectContaining({ code: 'invalid_subject' }),
    )
  })
})
