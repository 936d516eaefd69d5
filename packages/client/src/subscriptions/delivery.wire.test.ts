// Scripted: a relay of this version sends no unknown frame.
import { expect, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { message } from '../testing/message-frame.js'

test('unknown frames of a newer relay do not affect a subscription', async () => {
  const { client, relay, errors } = await connect()
  const seen: Message[] = []
  client.subscribe('a', (got) => seen.push(got))
  await settle()
  relay.link.send({ kind: 'KindOfTomorrow', id: 1 } as never)
  relay.link.send(message(1, 'a'))
  expect(seen).toHaveLength(1)
  expect(relay.link.all('Subscribe')).toHaveLength(1)
  expect(errors).toEqual([])
})
