import { type ClientFrame, lightJsonCodec, WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import type { Status } from '../connection/status.js'
import { welcome } from '../testing/scripted-relay.js'
import { type AnswerHandler, type AwaitedFrame, Exchanges } from './exchanges.js'

const online: Status = { state: 'online', since: 0, transport: 'websocket' }
const connecting: Status = { state: 'connecting', since: 0, attempt: 0, reason: undefined }
const publish = (subject: string): AwaitedFrame => ({ kind: 'Publish', subject, message: '' })
const reason = new WildcastError('interrupted', 'lost')

/** Exchanges over a link that a test opens and closes, which keep two questions. */
function open(status: Status = online) {
  const sent: ClientFrame[] = []
  const heard: string[] = []
  const link = {
    status,
    isOpen: status.state === 'online',
    away: false,
    welcome,
    send(frame: ClientFrame) {
      if (link.isOpen) sent.push(frame)
      return link.isOpen
    },
  }
  const asker = (name: string): AnswerHandler => ({
    answer: ({ kind }) => heard.push(`${name} ${kind}`),
    fail: ({ code }, wasSent) => heard.push(`${name} ${code}${wasSent ? ' sent' : ''}`),
  })
  return { exchanges: new Exchanges(link, lightJsonCodec, 2), link, sent, heard, asker }
}

describe('a question', () => {
  test('gets the answer with its ref, once', () => {
    const { exchanges, sent, heard, asker } = open()
    exchanges.post(publish('a'), asker('a'))
    exchanges.post(publish('b'), asker('b'))
    expect(sent).toMatchObject([
      { subject: 'a', ref: 1 },
      { subject: 'b', ref: 2 },
    ])
    exchanges.receive({ kind: 'Ack', ref: 2 })
    exchanges.receive({ kind: 'Ack', ref: 2 })
    exchanges.receive({ kind: 'Error', ref: 1, code: 'forbidden', message: 'no', retry: false })
    expect(heard).toEqual(['b Ack', 'a forbidden sent'])
  })
  test('stays open until the last part of its answer', () => {
    const { exchanges, heard, asker } = open()
    exchanges.post(publish('a'), asker('a'))
    exchanges.receive({ kind: 'Response', ref: 1, message: '', more: true })
    exchanges.receive({ kind: 'Response', ref: 1, message: '' })
    exchanges.receive({ kind: 'Response', ref: 1, message: '' })
    expect(heard).toEqual(['a Response', 'a Response'])
  })
  test('that is cancelled awaits no answer, and the relay is notified', () => {
    const { exchanges, sent, heard, asker } = open()
    exchanges.post(publish('a'), asker('a'))()
    exchanges.receive({ kind: 'Ack', ref: 1 })
    expect(sent.at(-1)).toEqual({ kind: 'Cancel', ref: 1 })
    expect(heard).toEqual([])
  })
  test('that is lost on the way fails as one that was sent', () => {
    const { exchanges, heard, asker } = open()
    exchanges.post(publish('a'), asker('a'))
    exchanges.lost(reason, undefined)
    expect(heard).toEqual(['a interrupted sent'])
  })
  test('for which only an open transport will do is refused without one', () => {
    const { exchanges, heard, asker } = open(connecting)
    expect(exchanges.send(publish('a'), asker('a'))).toBe(false)
    exchanges.lost(reason, reason)
    expect(heard).toEqual([])
  })
})

describe('a question that waits for a relay', () => {
  test('is asked in its order, and survives a loss before', () => {
    const { exchanges, link, sent, heard, asker } = open(connecting)
    for (const name of ['a', 'b']) exchanges.post(publish(name), asker(name))
    exchanges.lost(reason, undefined)
    link.isOpen = true
    exchanges.flush()
    expect(sent).toMatchObject([{ subject: 'a' }, { subject: 'b' }])
    expect(heard).toEqual([])
  })
  test('is overtaken by none', () => {
    const { exchanges, link, sent, asker } = open(connecting)
    exchanges.post(publish('a'), asker('a'))
    Object.assign(link, { isOpen: true, status: online })
    exchanges.post(publish('b'), asker('b'))
    expect(sent).toEqual([])
    exchanges.flush()
    expect(sent).toMatchObject([{ subject: 'a' }, { subject: 'b' }])
  })
  test('past the bound fails alone', () => {
    const { exchanges, heard, asker } = open(connecting)
    for (const name of ['a', 'b', 'c']) exchanges.post(publish(name), asker(name))
    expect(heard).toEqual(['c rate_limited'])
  })
  test('fails as one that was not sent when the client ends', () => {
    const { exchanges, heard, asker } = open(connecting)
    exchanges.post(publish('a'), asker('a'))
    exchanges.lost(reason, new WildcastError('unauthorized', 'who are you?'))
    expect(heard).toEqual(['a unauthorized'])
  })
  test('can be cancelled without a word to the relay', () => {
    const { exchanges, link, sent, asker } = open(connecting)
    exchanges.post(publish('a'), asker('a'))()
    link.isOpen = true
    exchanges.flush()
    expect(sent).toEqual([])
  })
})

describe('while the session is away', () => {
  const away = () => {
    const opened = open()
    Object.assign(opened.link, { isOpen: false, away: true, status: connecting })
    const back = (): void => {
      Object.assign(opened.link, { isOpen: true, away: false, status: online })
      opened.exchanges.flush()
    }
    return { ...opened, back }
  }
  const subscribe: AwaitedFrame = { kind: 'Subscribe', subject: 'a' }

  test('everything waits, and is sent in its order', () => {
    const { exchanges, sent, asker, back } = away()
    exchanges.post(publish('a'), asker('a'))
    expect(exchanges.send(subscribe, asker('s'))).toBe(true)
    expect(exchanges.notify({ kind: 'Unsubscribe', id: 7 })).toBe(true)
    exchanges.post(publish('b'), asker('b'))
    back()
    expect(sent.map(({ kind }) => kind)).toEqual(['Publish', 'Subscribe', 'Unsubscribe', 'Publish'])
  })
  test('what concerns subscriptions does not count against the bound', () => {
    const { exchanges, sent, heard, asker, back } = away()
    for (let i = 0; i < 10; i++) exchanges.send(subscribe, asker('s'))
    exchanges.notify({ kind: 'Unsubscribe', id: 7 })
    for (const name of ['a', 'b', 'c']) exchanges.post(publish(name), asker(name))
    expect(heard).toEqual(['c rate_limited'])
    back()
    expect(sent).toHaveLength(13)
  })
  test('the relay is notified of a request that is cancelled once the session is back', () => {
    const { exchanges, link, sent, asker, back } = away()
    Object.assign(link, { isOpen: true, status: online })
    const cancel = exchanges.post(publish('a'), asker('a'))
    Object.assign(link, { isOpen: false, status: connecting })
    cancel()
    back()
    expect(sent).toMatchObject([{ kind: 'Publish' }, { kind: 'Cancel', ref: 1 }])
  })
  test('what concerned a session that is lost is not sent; what was posted is', () => {
    const { exchanges, sent, heard, asker, back } = away()
    exchanges.post(publish('a'), asker('a'))
    exchanges.send(subscribe, asker('s'))
    exchanges.notify({ kind: 'Unsubscribe', id: 7 })
    exchanges.lost(reason, undefined)
    back()
    expect(sent).toMatchObject([{ kind: 'Publish', subject: 'a' }])
    expect(heard).toEqual(['s interrupted sent'])
  })
})
