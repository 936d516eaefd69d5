// Scripted: the subject is the wire: refs, and answers to none or the wrong one.
import { type ClientFrame, lightJsonCodec, WildcastError } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import type { Status } from '../connection/status.js'
import { createFakeClock } from '../testing/fake-clock.js'
import { welcome } from '../testing/scripted-relay.js'
import { type AnswerHandler, type AwaitedFrame, Exchanges } from './exchanges.js'

const online: Status = { state: 'online', since: 0, transport: 'websocket', rttMs: 0 }
const connecting: Status = { state: 'connecting', since: 0, attempt: 0, reason: undefined }
const publish = (subject: string): AwaitedFrame => ({ kind: 'Publish', subject, message: '' })
const reason = new WildcastError('interrupted', 'lost')

/** Exchanges with a queue of two frames, over a link that a test opens and closes. */
function open(status: Status = online) {
  const sent: ClientFrame[] = []
  const outcomes: string[] = []
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
  const handler = (name: string): AnswerHandler => ({
    answer(frame) {
      outcomes.push(`${name} ${frame.kind}`)
      return frame.kind === 'Response' && frame.more
    },
    fail: ({ code }, wasSent) => outcomes.push(`${name} ${code}${wasSent ? ' sent' : ''}`),
  })
  return { exchanges: new Exchanges(link, lightJsonCodec, 2, createFakeClock()), link, sent, outcomes, handler }
}

describe('a request', () => {
  test('gets the answer with its ref, once', () => {
    const { exchanges, sent, outcomes, handler } = open()
    exchanges.post(publish('a'), handler('a'))
    exchanges.post(publish('b'), handler('b'))
    expect(sent).toMatchObject([
      { subject: 'a', ref: 1 },
      { subject: 'b', ref: 2 },
    ])
    exchanges.receive({ kind: 'Ack', ref: 2 })
    exchanges.receive({ kind: 'Ack', ref: 2 })
    exchanges.receive({ kind: 'Error', ref: 1, code: 'forbidden', message: 'no', retry: false })
    expect(outcomes).toEqual(['b Ack', 'a forbidden sent'])
  })
  test('is pending until the last part of its answer', () => {
    const { exchanges, outcomes, handler } = open()
    exchanges.post(publish('a'), handler('a'))
    exchanges.receive({ kind: 'Response', ref: 1, message: '', more: true })
    exchanges.receive({ kind: 'Response', ref: 1, message: '' })
    exchanges.receive({ kind: 'Response', ref: 1, message: '' })
    expect(outcomes).toEqual(['a Response', 'a Response'])
  })
  test('whose handler expects more answers is pending until the undo, which sends no Cancel then', () => {
    const { exchanges, sent, outcomes, handler } = open()
    const undo = exchanges.post(publish('a'), {
      ...handler('a'),
      answer: ({ kind }) => outcomes.push(`a ${kind}`) > 0,
    })
    exchanges.receive({ kind: 'Ack', ref: 1 })
    exchanges.receive({ kind: 'Lost', ref: 1, subject: 'a' })
    undo(true)
    exchanges.receive({ kind: 'Lost', ref: 1, subject: 'a' })
    expect(outcomes).toEqual(['a Ack', 'a Lost'])
    expect(sent).toHaveLength(1)
  })
  test('whose handler expects more answers fails with its session', () => {
    const { exchanges, outcomes, handler } = open()
    exchanges.post(publish('a'), { ...handler('a'), answer: () => true })
    exchanges.receive({ kind: 'Ack', ref: 1 })
    exchanges.lost(reason, undefined)
    expect(outcomes).toEqual(['a interrupted sent'])
  })
  test('that is cancelled gets no answer, and the relay gets Cancel', () => {
    const { exchanges, sent, outcomes, handler } = open()
    exchanges.post(publish('a'), handler('a'))()
    exchanges.receive({ kind: 'Ack', ref: 1 })
    expect(sent.at(-1)).toEqual({ kind: 'Cancel', ref: 1 })
    expect(outcomes).toEqual([])
  })
  test('that is lost in flight fails as sent', () => {
    const { exchanges, outcomes, handler } = open()
    exchanges.post(publish('a'), handler('a'))
    exchanges.lost(reason, undefined)
    expect(outcomes).toEqual(['a interrupted sent'])
  })
  test('that needs an open transport is refused without one', () => {
    const { exchanges, outcomes, handler } = open(connecting)
    expect(exchanges.send(publish('a'), handler('a'))).toBe(false)
    exchanges.lost(reason, reason)
    expect(outcomes).toEqual([])
  })
})

describe('a queued request', () => {
  test('is sent in order, and survives a loss before that', () => {
    const { exchanges, link, sent, outcomes, handler } = open(connecting)
    for (const name of ['a', 'b']) exchanges.post(publish(name), handler(name))
    exchanges.lost(reason, undefined)
    link.isOpen = true
    exchanges.flush()
    expect(sent).toMatchObject([{ subject: 'a' }, { subject: 'b' }])
    expect(outcomes).toEqual([])
  })
  test('is not overtaken by later ones', () => {
    const { exchanges, link, sent, handler } = open(connecting)
    exchanges.post(publish('a'), handler('a'))
    Object.assign(link, { isOpen: true, status: online })
    exchanges.post(publish('b'), handler('b'))
    expect(sent).toEqual([])
    exchanges.flush()
    expect(sent).toMatchObject([{ subject: 'a' }, { subject: 'b' }])
  })
  test('beyond the bound fails alone', () => {
    const { exchanges, outcomes, handler } = open(connecting)
    for (const name of ['a', 'b', 'c']) exchanges.post(publish(name), handler(name))
    expect(outcomes).toEqual(['c rate_limited'])
  })
  test('fails as not sent when the client ends', () => {
    const { exchanges, outcomes, handler } = open(connecting)
    exchanges.post(publish('a'), handler('a'))
    exchanges.lost(reason, new WildcastError('unauthorized', 'who are you?'))
    expect(outcomes).toEqual(['a unauthorized'])
  })
  test('that is cancelled sends nothing to the relay', () => {
    const { exchanges, link, sent, handler } = open(connecting)
    exchanges.post(publish('a'), handler('a'))()
    link.isOpen = true
    exchanges.flush()
    expect(sent).toEqual([])
  })
})

describe('while the session is suspended', () => {
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

  test('all frames are queued and then sent in order', () => {
    const { exchanges, sent, handler, back } = away()
    exchanges.post(publish('a'), handler('a'))
    expect(exchanges.send(subscribe, handler('s'))).toBe(true)
    expect(exchanges.notify({ kind: 'Unsubscribe', id: 7 })).toBe(true)
    exchanges.post(publish('b'), handler('b'))
    back()
    expect(sent.map(({ kind }) => kind)).toEqual(['Publish', 'Subscribe', 'Unsubscribe', 'Publish'])
  })
  test('frames about subscriptions do not count against the bound', () => {
    const { exchanges, sent, outcomes, handler, back } = away()
    for (let i = 0; i < 10; i++) exchanges.send(subscribe, handler('s'))
    exchanges.notify({ kind: 'Unsubscribe', id: 7 })
    for (const name of ['a', 'b', 'c']) exchanges.post(publish(name), handler(name))
    expect(outcomes).toEqual(['c rate_limited'])
    back()
    expect(sent).toHaveLength(13)
  })
  test('the Cancel of a request is sent when the session resumes', () => {
    const { exchanges, link, sent, handler, back } = away()
    Object.assign(link, { isOpen: true, status: online })
    const cancel = exchanges.post(publish('a'), handler('a'))
    Object.assign(link, { isOpen: false, status: connecting })
    cancel()
    back()
    expect(sent).toMatchObject([{ kind: 'Publish' }, { kind: 'Cancel', ref: 1 }])
  })
  test('frames about a lost session are not sent; publishes are', () => {
    const { exchanges, sent, outcomes, handler, back } = away()
    exchanges.post(publish('a'), handler('a'))
    exchanges.send(subscribe, handler('s'))
    exchanges.notify({ kind: 'Unsubscribe', id: 7 })
    exchanges.lost(reason, undefined)
    back()
    expect(sent).toMatchObject([{ kind: 'Publish', subject: 'a' }])
    expect(outcomes).toEqual(['s interrupted sent'])
  })
})
