import { encodeUtf8, parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { headersOf, packetOf, propertiesIn } from './packet.js'
import { serverOf } from './server.js'

const five = serverOf({}, 5)
const code = (code: string): unknown => expect.objectContaining({ code })

describe('a packet', () => {
  it('carries headers, the marks of an answer, and the address of the answer', () => {
    const headers = [
      ['trace', '1'],
      ['trace', '2'],
      ['other', ''],
    ] as const
    const message = { subject: parseSubject('a'), payload: 'x', headers, more: true }
    const packetProperties = { responseTopic: 'r', correlationData: Buffer.of(1), headers: headersOf(message, true) }
    const packet = packetOf('a', 'x', packetProperties, five)
    expect(packet).toMatchObject({ topic: 'a', payload: 'x', properties: { responseTopic: 'r' } })
    const properties = packet.properties ?? {}
    expect(propertiesIn({ topic: 'a', payload: 'x', properties })).toEqual({ headers: message.headers, more: true })
  })

  it('has no properties if the message has none', () => {
    expect(packetOf('a', '', {}, five).properties).toBeUndefined()
  })

  it.each<[string, string, readonly [string, string][], string]>([
    ['a Unicode noncharacter', 'x', [['k', 'a\uffff']], 'unsupported'],
    ['a header that no packet can hold', 'x', [['k', 'ü'.repeat(33_000)]], 'too_large'],
  ])('is refused with %s', (_, payload, headers, expected) => {
    expect(() => packetOf('a', payload, { headers }, five)).toThrow(code(expected))
  })

  it('is refused if it is longer than the server accepts, and not at the limit', () => {
    const small = serverOf({ properties: { maximumPacketSize: 100 } }, 5)
    const headers = [
      ['key', 'ü'],
      ['key', ''],
    ] as const
    const packetProperties = { headers, responseTopic: 'r/s', correlationData: Buffer.alloc(4) }
    const rest = 5 + 2 + 1 + 2 + 4 + (5 + 3 + 2) + (5 + 3) + (3 + 3) + (3 + 4)
    expect(() => packetOf('a', 'x'.repeat(100 - rest + 1), packetProperties, small)).toThrow(code('too_large'))
    expect(packetOf('a', Buffer.from(encodeUtf8('x'.repeat(100 - rest))), packetProperties, small).topic).toBe('a')
  })

  it('is refused if the server confirms no publish, or the version can not carry it', () => {
    expect(() => packetOf('a', '', {}, serverOf({ properties: { maximumQoS: 0 } }, 5))).toThrow(code('unsupported'))
    expect(() => packetOf('a', '', { headers: [['k', 'v']] }, serverOf({}, 4))).toThrow(code('unsupported'))
  })

  it('carries each value of a name, in order', () => {
    const userProperties = { k: ['2', '1', '2'], 'not a token': 'x', a: '3' }
    expect(propertiesIn({ topic: 'a', payload: '', properties: { userProperties } })?.headers).toEqual([
      ['k', '2'],
      ['k', '1'],
      ['k', '2'],
      ['a', '3'],
    ])
  })
})
