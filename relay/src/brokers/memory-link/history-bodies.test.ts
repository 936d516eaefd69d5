import { type BrokerMessage, parsePattern, parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { HistoryPage, HistoryPageRequest } from '../../core/history-store.js'
import {
  appendBody,
  historyPageBody,
  historyRequestBody,
  readAppend,
  readHistoryBody,
  readHistoryRequest,
  readState,
  readStateRequest,
  stateBody,
  stateRequestBody,
} from './history-bodies.js'

const subject = parseSubject('room.1.msg')
const pattern = parsePattern('room.*.msg')

it('a message to keep carries its key and the user of its client, and no session', () => {
  const message: BrokerMessage = { subject, payload: 'x', from: { session: 's', user: 'ada' } }
  const key = { name: 'k', fingerprint: 'f' }
  const read = { subject, payload: 'x', user: 'ada' }
  expect(readAppend(appendBody(message, key))).toEqual([read, key])
  expect(readAppend(appendBody(message))).toEqual([read, undefined])
})

it.each<[string, HistoryPageRequest]>([
  ['without bounds', { messages: 1, bytes: 2 }],
  ['with bounds', { after: 'a', before: 'b', newestFirst: true, messages: 1, bytes: 2 }],
])('the request of a page is read as it was written: %s', (_, request) => {
  expect(readHistoryRequest(historyRequestBody(pattern, request))).toEqual({ pattern, request })
})

it.each<[string, HistoryPage]>([
  ['none', { newest: 'n', forgotten: 'f', messages: [] }],
  [
    'several',
    {
      newest: 'n',
      forgotten: 'f',
      messages: [
        { subject, position: '1', payload: 'text' },
        { subject, position: '2', payload: Uint8Array.of(0, 255), headers: [['trace', '1']], user: 'ada' },
        { subject, position: '3', payload: '', revision: '3', deleted: true },
      ],
      next: '3',
    },
  ],
])('a page is read as it was written, with its messages: %s', (_, page) => {
  expect(readHistoryBody(historyPageBody(page))).toEqual(page)
})

it('a state and its request are read as they were written', () => {
  expect(readStateRequest(stateRequestBody(pattern, '7'))).toEqual([pattern, '7'])
  const state = { newest: 'n', forgotten: 'f', isKnown: false }
  expect(readState(stateBody(state))).toEqual(state)
})
