import { lock } from '@wildcast/client/locks'
import { presence } from '@wildcast/client/presence'
import { values } from '@wildcast/client/values'
import { clientOf } from '../client-of.js'
import { connect } from '../socket.js'
import type { Side } from './namespaced-relay.js'
import type { ObserverName } from './observers.js'

/** Something that a client does with a text that shows who did it. */
export interface DoneAction {
  act(side: Side, mark: string): Promise<unknown>
  /** Those who see it in the namespace of the client. */
  readonly seenBy: readonly ObserverName[]
}

const everySubscriber = ['a subscription', 'Server-Sent Events', 'a classic WebSocket'] as const

async function ok(response: Promise<Response>): Promise<void> {
  const { status } = await response
  if (status >= 300) throw new Error(`it was answered ${status}`)
}

const send = ({ address, headers }: Side, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://${address}${path}`, { method: 'POST', ...init, headers: { ...headers, ...init.headers } })

/** Every action of a client. Subjects, keys and names are the same in all namespaces. */
export const actions: Readonly<Record<string, DoneAction>> = {
  'a publish': {
    act: ({ client }, mark) => client.publish('room.talk', mark),
    seenBy: [...everySubscriber, 'a queue group'],
  },
  'a publish with a key': {
    act: ({ client }, mark) => client.publish('room.talk', mark, { key: 'the same key' }),
    seenBy: everySubscriber,
  },
  'a kept message': {
    act: ({ client }, mark) => client.publish('room.msg', mark),
    seenBy: ['a reader of kept messages', 'GET /history'],
  },
  'a publish to a subject that begins with the prefix of another namespace': {
    async act({ client }, mark) {
      for (const name of ['shop', 'blog'])
        for (const begin of [`${name}:`, `${name}.`, `${name}:room.`, `${name}.room.`])
          await client.publish(`${begin}talk`, mark)
    },
    seenBy: everySubscriber,
  },
  'POST /publish': {
    act: (side, body) => ok(send(side, '/publish/room.talk', { body })),
    seenBy: everySubscriber,
  },
  'a publish of a classic WebSocket': {
    async act({ address, headers }, message) {
      const socket = await connect(`ws://${address}/ws`, undefined, { headers })
      socket.send(JSON.stringify({ Publish: { subject: 'room.talk', message } }))
    },
    seenBy: everySubscriber,
  },
  'POST /history': {
    act: (side, mark) => {
      const json = { 'content-type': 'application/json' }
      return ok(send(side, '/history/room.msg', { body: JSON.stringify(mark), headers: json }))
    },
    seenBy: ['a reader of kept messages', 'GET /history'],
  },
  'a request': {
    async act({ client, name }, mark) {
      const answer = (await client.request('room.ask', mark)).text()
      if (answer !== name) throw new Error(`a server of "${answer}" has answered`)
    },
    seenBy: ['a server'],
  },
  '/request': {
    async act(side, mark) {
      send(side, `/request/room/${mark}`).catch(() => {}) // no responder is there
    },
    seenBy: ['a subscription to HTTP requests'],
  },
  'a value': {
    act: ({ client }, mark) => values(client).set('room.lamp', mark),
    seenBy: ['a watcher of values', 'GET /value'],
  },
  'the first value of a subject': {
    act: ({ client }, mark) => values(client).set('room.once', mark, { when: null }),
    seenBy: ['a watcher of values'],
  },
  'PUT /value': {
    act: (side, mark) => ok(send(side, '/value/room.lamp', { method: 'PUT', body: JSON.stringify(mark) })),
    seenBy: ['a watcher of values', 'GET /value'],
  },
  'a lock': {
    act: ({ client }, data) => lock(client, 'room.lock', { data, timeoutMs: 0 }),
    seenBy: ['a watcher of values'],
  },
  'a will': {
    async act({ address, token }, will) {
      const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
      socket.send(JSON.stringify({ Connect: { token } }))
      await socket.json()
      const value = { ref: 1, subject: 'room.will', message: '"here"', retain: true, will: JSON.stringify(will) }
      socket.send(JSON.stringify({ Publish: { ...value, will_after: 1000 } }))
      await socket.json()
      socket.ws.terminate()
    },
    seenBy: ['a watcher of values'],
  },
  'a member': {
    act: ({ client }, mark) => presence(client, 'room').enter(mark),
    seenBy: ['a watcher of members'],
  },
  'a publish over plain HTTP': {
    async act(side, mark) {
      const { stream } = await import('@wildcast/client/stream')
      const theirs = { url: `http://${side.address}`, transport: stream, token: () => side.token }
      await clientOf(side, theirs).publish('room.talk', mark)
    },
    seenBy: everySubscriber,
  },
}
