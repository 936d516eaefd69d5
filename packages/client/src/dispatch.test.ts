import type { ErrorFrame } from '@wildcast/protocol'
import { expect, test } from 'vitest'
import type { IncomingFrame } from './connection/link-events.js'
import { dispatch } from './dispatch.js'

const error: ErrorFrame = { kind: 'Error', code: 'internal', message: 'boom', retry: false }

function receiversOf(frame: IncomingFrame, isKnown = true): string[] {
  const receivers: string[] = []
  dispatch(frame, 0, {
    exchanges: { receive: () => receivers.push('exchanges') },
    subscriptions: {
      receive: () => receivers.push('subscriptions') > 0 && isKnown,
      notify: () => receivers.push('subscriptions'),
    },
    fault: (_, stage) => receivers.push(stage),
  })
  return receivers
}

test.each<[IncomingFrame, string]>([
  [{ kind: 'Ack', ref: 1 }, 'exchanges'],
  [{ kind: 'Response', ref: 1, message: '' }, 'exchanges'],
  [{ kind: 'Subscribed', ref: 1, id: 2, subject: 'a' }, 'exchanges'],
  [{ ...error, ref: 1 }, 'exchanges'],
  [{ kind: 'Lost', ref: 1, subject: 'a' }, 'exchanges'],
  [{ kind: 'Message', ref: 1, subject: 'a', message: '', broker: 'test' }, 'exchanges'],
  [{ kind: 'Synced', ref: 1 }, 'exchanges'],
  [{ kind: 'Message', ref: 1, id: 2, subject: 'a', message: '', broker: 'test' }, 'subscriptions'],
  [{ kind: 'Synced', ref: 1, id: 2 }, 'subscriptions'],
  [{ kind: 'Message', id: 2, subject: 'a', message: '', broker: 'test' }, 'subscriptions'],
  [{ kind: 'Gap', id: 2 }, 'subscriptions'],
  [{ kind: 'Pong' }, 'subscriptions'],
  [{ kind: 'Unsubscribed', id: 2 }, 'subscriptions'],
  [{ ...error, id: 2 }, 'subscriptions'],
])('%o goes to the %s', (frame, receiver) => expect(receiversOf(frame)).toEqual([receiver]))

test('an error without a known ref or id is reported with the stage protocol', () => {
  expect(receiversOf(error, false)).toEqual(['subscriptions', 'protocol'])
})

test('frames of a newer relay are ignored', () => {
  expect(receiversOf({ kind: 'KindOfTomorrow', ref: 1 } as never)).toEqual([])
})
