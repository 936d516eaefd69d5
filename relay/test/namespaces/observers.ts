import type { SubscribeOptions } from '@wildcast/client'
import { presence } from '@wildcast/client/presence'
import { values } from '@wildcast/client/values'
import { eventSource } from '../event-source.js'
import { connect } from '../socket.js'
import type { Side } from './namespaced-relay.js'

/** Returns what a client has seen so far, as text. */
export type Seen = () => Promise<string> | string

/** A client that may see something. Resolves when it would. */
type Observer = (side: Side) => Promise<Seen>

async function subscribed(side: Side, pattern: string, options: SubscribeOptions = {}): Promise<Seen> {
  const seen: string[] = []
  const subscription = side.client.subscribe(pattern, options)
  await subscription.ready
  void (async () => {
    for await (const message of subscription) seen.push(`${message.broker} ${message.subject} ${message.text()}`)
  })()
  return () => seen.join('\n')
}

const overHttp =
  (path: string): Observer =>
  async ({ address, headers }) =>
  async () =>
    (await fetch(`http://${address}${path}`, { headers })).text()

/** Each way of seeing what happens at a broker. */
export const observers = {
  'a subscription': (side) => subscribed(side, '**'),
  'a subscription to HTTP requests': (side) => subscribed(side, 'request.**'),
  'a queue group': (side) => subscribed(side, 'room.*', { group: 'g' }),
  'a reader of kept messages': (side) => subscribed(side, 'room.msg', { after: 'start' }),
  'a server': async ({ client, name }) => {
    const asked: string[] = []
    client.serve('room.ask', (message) => {
      asked.push(message.text())
      return name
    })
    await client.publish('room.ready', name) // after the server, in the order of the client
    return () => asked.join('\n')
  },
  'a watcher of values': async ({ client }) => {
    const watched = values(client).watch('**')
    const seen: string[] = []
    const note = (): void => void seen.push(JSON.stringify([...watched.all.values()].map(({ data }) => data)))
    watched.onChange(note)
    await until(watched, () => watched.status === 'synced')
    return () => seen.join('\n')
  },
  'a watcher of members': async ({ client }) => {
    const room = presence(client, 'room')
    await until(room, () => room.status === 'synced')
    return () => JSON.stringify(room.members)
  },
  'GET /value': overHttp('/value/room.lamp'),
  'GET /history': overHttp('/history/room.msg'),
  'Server-Sent Events': async ({ address, headers }) => {
    const events = await eventSource(`http://${address}/subscribe/**`, headers)
    const seen: string[] = []
    void (async () => {
      for (;;) seen.push(JSON.stringify((await events.next()).data))
    })().catch(() => {}) // it ends with the test
    return () => seen.join('\n')
  },
  'a classic WebSocket': async ({ address, headers }) => {
    const socket = await connect(`ws://${address}/subscribe/**`, undefined, { headers })
    const textOf = (frame: string | Buffer): string => {
      const { message } = JSON.parse(String(frame)) as { message: number[] }
      return Buffer.from(message).toString()
    }
    return () => socket.waiting.map(textOf).join('\n')
  },
} satisfies Record<string, Observer>

export type ObserverName = keyof typeof observers

function until(source: { onChange(run: () => void): () => void }, isThere: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => void (isThere() && resolve())
    source.onChange(look)
    look()
  })
}
