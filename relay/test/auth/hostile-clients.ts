import { decode, encode } from '@msgpack/msgpack'
import { parsePattern } from '@wildcast/protocol'
import { expect } from 'vitest'
import { connect, type Socket } from '../socket.js'
import { type AuthRelay, token } from './auth-relay.js'
import { type Hostile, jsonInputs, marker, messagePackInputs, subject } from './hostile-inputs.js'

/** An encoding of v1, and the hostile frames in it. */
export interface Dialect {
  readonly protocol: string
  readonly inputs: readonly Hostile[]
  encode(frame: unknown): string | Uint8Array
  decode(data: string | Buffer): unknown
}

export const json: Dialect = {
  protocol: 'wildcast.v1+json',
  inputs: jsonInputs,
  encode: (frame) => JSON.stringify(frame),
  decode: (data) => JSON.parse(String(data)),
}

export const messagePack: Dialect = {
  protocol: 'wildcast.v1+msgpack',
  inputs: messagePackInputs,
  encode: (frame) => encode(frame),
  decode: (data) => decode(data as Buffer),
}

export const dialects: readonly Dialect[] = [json, messagePack]

/** A client that has not sent anything. */
export const open = ({ address }: AuthRelay, { protocol }: Pick<Dialect, 'protocol'>): Promise<Socket> =>
  connect(`ws://${address}/ws`, protocol)

/** A client whose token was accepted. */
export async function known(relay: AuthRelay, dialect: Dialect = json, sub = 'ada'): Promise<Socket> {
  const socket = await open(relay, dialect)
  socket.send(dialect.encode({ Connect: { token: await token({ sub }) } }))
  expect(dialect.decode(await socket.next())).toMatchObject({ Welcome: { user: sub } })
  return socket
}

/** Watches that nothing leaks to another user, to the broker or into the log. */
export async function watch(relay: AuthRelay): Promise<() => Promise<void>> {
  const bob = await known(relay, undefined, 'bob')
  bob.send(JSON.stringify({ Subscribe: { ref: 1, subject } }))
  expect(await bob.json()).toHaveProperty('Subscribed')
  const published: string[] = []
  await relay.relay.inside.listen(
    'test',
    { pattern: parsePattern('**') },
    { deliver: (message) => void published.push(message.subject), ended: () => {} },
  )
  return async () => {
    bob.send('"Ping"')
    expect(await bob.json()).toBe('Pong')
    expect({ published, received: bob.waiting }).toEqual({ published: [], received: [] })
    expect(relay.errors.join('\n')).not.toContain(marker)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  }
}
