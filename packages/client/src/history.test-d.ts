import { expectTypeOf, test } from 'vitest'
import { history, type WatchedHistory } from './history.js'
import type { Client, Message } from './index.js'

declare const client: Client
declare const position: string
interface Chat {
  readonly text: string
}

test('subscribe takes after or last, and its messages have a position', () => {
  client.subscribe('a', (message) => expectTypeOf(message.position).toEqualTypeOf<string | undefined>(), { last: 3 })
  client.subscribe('a', { after: 'start', onSynced: ({ recovered }) => recovered === true })
  // @ts-expect-error: a position is text
  client.subscribe('a', { after: 3 })
})

test('a page, a loop and a list have the types of the data and of the wildcards', async () => {
  const log = history(client.broker('orders'))
  const { messages } = await log.page<Chat>('room.42.msg', { before: position, limit: 3 })
  expectTypeOf(messages).toEqualTypeOf<readonly Message<Chat>[]>()
  for await (const { params } of log.read('room.*.msg', { after: 'start' }))
    expectTypeOf(params).toEqualTypeOf<readonly [string]>()
  expectTypeOf(log.watch<Chat>('room.*.msg')).toEqualTypeOf<WatchedHistory<Chat, readonly string[]>>()
  // @ts-expect-error: no client
  history(3)
})
