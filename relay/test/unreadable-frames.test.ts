import { ExtData, encode } from '@msgpack/msgpack'
import { jsonCodec } from '@wildcast/protocol'
import { msgpackCodec } from '@wildcast/protocol/msgpack'
import { describe, expect, it } from 'vitest'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'

const refused = { kind: 'Error', body: { ref: 7, code: 'invalid_frame', retry: false } }
const nested = (depth: number): unknown => Array.from({ length: depth }).reduce((inner) => [inner], [])
const ok = { Publish: { ref: 1, subject: 'a', message: 'x' } }

/** Frames that are invalid in every encoding. */
const broken: [string, object][] = [
  ['a payload that is an object', { Publish: { ref: 7, subject: 'a.b', message: { x: 1 } } }],
  ['an unknown kind', { Nonsense: { ref: 7 } }],
  ['two kinds', { Publish: { ref: 7, subject: 'a', message: '' }, Subscribe: 'a' }],
  ['nesting that is too deep', { Publish: { subject: 'a', message: nested(40), ref: 7 } }],
  ['bytes that are not base64', { Publish: { ref: 7, subject: 'a', bytes: '!!' } }],
  ['headers that are a list', { Request: { ref: 7, subject: 'a', message: '', headers: [1] } }],
  ['a subject that is a number', { Subscribe: { ref: 7, subject: 5 } }],
]

describe('an unreadable frame is answered with its ref, and the connection stays open', () => {
  const inJson = [
    ...broken.map(([name, frame]) => [name, JSON.stringify(frame)] as const),
    ['text that is cut off', '{"Publish":{"ref":7,"subject":"a","message":"x'] as const,
  ]
  it.each(inJson)('in JSON: %s', async (_, text) => {
    const { address } = await startRelay()
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    socket.send(text)
    expect(jsonCodec.decode(String(await socket.next()))).toMatchObject(refused)
    socket.send(JSON.stringify(ok))
    expect(await socket.json()).toEqual({ Ack: { ref: 1 } })
  })

  const inMessagePack = [
    ...broken.map(([name, frame]) => [name, encode(frame)] as const),
    [
      'an extension type in a later field',
      encode({ Publish: { ref: 7, message: new ExtData(5, new Uint8Array(3)) } }),
    ] as const,
    ['an extension type before it', encode({ Publish: { message: new Date(0), ref: 7 } })] as const,
    ['bytes that are cut off', encode({ Publish: { ref: 7, subject: 'a', message: 'xx' } }).slice(0, -1)] as const,
  ]
  it.each(inMessagePack)('in MessagePack: %s', async (_, data) => {
    const { address } = await startRelay()
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+msgpack')
    socket.send(data)
    expect(msgpackCodec.decode((await socket.next()) as Buffer)).toMatchObject(refused)
    socket.send(encode(ok))
    expect(msgpackCodec.decode((await socket.next()) as Buffer)).toEqual({ kind: 'Ack', body: { ref: 1 } })
  })
})
