import type { ErrorFrame } from '@wildcast/protocol'
import { expect, test } from 'vitest'
import type { IncomingFrame } from './connection/link-events.js'
import { dispatch } from './dispatch.js'

const error: ErrorFrame = { kind: 'Error', code: 'internal', message: 'boom', retry: false }

function takerOf(frame: IncomingFrame, known = true): string[] {
  const taken: string[] = []
  dispatch(frame, 0, {
    exchanges: { receive: () => taken.push('exchanges') },
    subscriptions: {
      receive: () => taken.push('subscriptions') > 0 && known,
      notify: () => taken.push('subscriptions'),
    },
    fault: (_, stage) => taken.push(stage),
  })
  return taken
}

test.each<[IncomingFrame, string]>([
  [{ kind: 'Ack', ref: 1 }, 'exchanges'],
  [{ kind: 'Response', ref: 1, message: '' }, 'exchanges'],
  [{ kind: 'Subscribed', ref: 1, id: 2, subject: 'a' }, 'exchanges'],
  [{ ...error, ref: 1 }, 'exchanges'],
  [{ kind: 'Message', id: 2, subject: 'a', message: '', broker: 'test' }, 'subscriptions'],
  [{ kind: 'Gap', id: 2 }, 'subscriptions'],
  [{ kind: 'Pong' }, 'subscriptions'],
  [{ kind: 'Unsubscribed', id: 2 }, 'subscriptions'],
  [{ ...error, id: 2 }, 'subscriptions'],
])('%o is for the %s', (frame, taker) => expect(takerOf(frame)).toEqual([taker]))

test('an error about nothing that the client knows is a fault of the protocol', () => {
  expect(takerOf(error, false)).toEqual(['subscriptions', 'protocol'])
})

test('what a newer relay sends passes', () => {
  expect(takerOf({ kind: 'Synced', id: 2 })).toEqual([])
  expect(takerOf({ kind: 'KindOfTomorrow', ref: 1 } as never)).toEqual([])
})
