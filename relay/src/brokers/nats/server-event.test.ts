import type { Status } from 'nats'
import { expect, it } from 'vitest'
import { serverEventOf } from './server-event.js'

// As nats-server 2.9.10 and the client library 2.29.3 report it.
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
    'an invalid escape',
    refused({ operation: 'publish', subject: '\\Uffffffff' }),
    { kind: 'refused', operation: 'publish', subject: 'Uffffffff' },
  ],
  ['no event for an update of the cluster', { type: 'update', data: { added: [], deleted: [] } }, undefined],
])('reads %s', (_, status, event) => {
  expect(serverEventOf(status as Status)).toEqual(event)
})

function refused(permissionContext: object): object {
  return { type: 'error', data: 'PERMISSIONS_VIOLATION', permissionContext }
}
