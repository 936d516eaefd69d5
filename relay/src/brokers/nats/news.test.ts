import type { Status } from 'nats'
import { expect, it } from 'vitest'
import { newsOf } from './news.js'

// As nats-server 2.9.10 and the client library 2.29.3 say it.
it.each<[string, unknown, unknown]>([
  ['lame duck mode', { type: 'ldm', data: '127.0.0.1:4222' }, { kind: 'leaving' }],
  ['one subscription too many', { type: 'error', data: 'NATS_PROTOCOL_ERR' }, { kind: 'error' }],
  ['a reserved reply subject', { type: 'error', data: 'PERMISSIONS_VIOLATION' }, { kind: 'refused reply' }],
  [
    'a publish that is not permitted',
    refused({ operation: 'publish', subject: 'no.1\\"\\\\x\\u200b😀é\\U000e0001' }),
    { kind: 'refused', operation: 'publish', subject: 'no.1"\\x\u200b😀é\u{e0001}' },
  ],
  [
    'a subscription that is not permitted',
    refused({ operation: 'subscription', subject: 'no.s', queue: 'q\\u200b' }),
    { kind: 'refused', operation: 'subscription', subject: 'no.s', queue: 'q\u200b' },
  ],
  [
    'what no server would say',
    refused({ operation: 'publish', subject: '\\Uffffffff' }),
    { kind: 'refused', operation: 'publish', subject: 'Uffffffff' },
  ],
  ['what concerns nobody', { type: 'update', data: { added: [], deleted: [] } }, undefined],
])('reads %s', (_, status, news) => {
  expect(newsOf(status as Status)).toEqual(news)
})

function refused(permissionContext: object): object {
  return { type: 'error', data: 'PERMISSIONS_VIOLATION', permissionContext }
}
