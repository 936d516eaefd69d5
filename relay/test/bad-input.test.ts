import { encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { memory, newId } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { bystander, expectAlive } from './bystander.js'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'

const json = 'wildcast.v1+json'
const limits = { payload: 16 * 1024 }

describe('invalid v1 frames', () => {
  const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const value = (fields: object): string =>
    JSON.stringify({ Publish: { subject: 'a', message: 'x', retain: true, ...fields } })
  const subscription = (fields: object): string => JSON.stringify({ Subscribe: { subject: 'a', ...fields } })
  const frames: [string, string | Uint8Array, string][] = [
    ['an empty frame', '', 'invalid_frame'],
    ['white space', ' '.repeat(100_000), 'invalid_frame'],
    ['null', 'null', 'invalid_frame'],
    ['an array', '[]', 'invalid_frame'],
    ['a number', '0', 'invalid_frame'],
    ['no kind', '{}', 'invalid_frame'],
    ['two kinds', '{"Cancel":{"ref":1},"Publish":{}}', 'invalid_frame'],
    ['an unknown kind', '{"Shout":{}}', 'invalid_frame'],
    ['a kind that is a name of Object.prototype', '{"constructor":{}}', 'invalid_frame'],
    ['__proto__ as a kind', '{"__proto__":{"subject":"x"}}', 'invalid_frame'],
    ['a binary frame to a JSON client', encode({ Subscribe: 'a' }), 'invalid_frame'],
    ['nesting of 10,000', `{"Publish":{"subject":"a","message":"x","other":${deep(10_000)}}}`, 'invalid_frame'],
    ['a ref that is not a whole number', '{"Publish":{"ref":1.5,"subject":"a","message":"x"}}', 'invalid_frame'],
    ['a ref below 0', '{"Publish":{"ref":-1,"subject":"a","message":"x"}}', 'invalid_frame'],
    ['a ref past 2^53', '{"Publish":{"ref":9007199254740993,"subject":"a","message":"x"}}', 'invalid_frame'],
    ['a ref of 1e400', '{"Publish":{"ref":1e400,"subject":"a","message":"x"}}', 'invalid_frame'],
    ['a ref as text', '{"Publish":{"ref":"1","subject":"a","message":"x"}}', 'invalid_frame'],
    ['no message', '{"Publish":{"subject":"a"}}', 'invalid_frame'],
    ['a lone surrogate in a message', '{"Publish":{"subject":"a","message":"\\ud800"}}', 'invalid_frame'],
    ['invalid base64', '{"Publish":{"subject":"a","bytes":"*"}}', 'invalid_frame'],
    [
      'a header with a line break',
      '{"Publish":{"subject":"a","message":"x","headers":{"a":"b\\r\\nc"}}}',
      'invalid_frame',
    ],
    ['a header name with a space', '{"Publish":{"subject":"a","message":"x","headers":{"a b":"c"}}}', 'invalid_frame'],
    [
      'a payload over the limit',
      `{"Publish":{"subject":"a","message":"${'x'.repeat(limits.payload + 1)}"}}`,
      'too_large',
    ],
    ['a reserved field on Publish', '{"Publish":{"subject":"a","message":"x","exclude_me":true}}', 'unsupported'],
    ['a condition without "retain"', '{"Publish":{"subject":"a","message":"x","when":null}}', 'unsupported'],
    ['a condition that is not met', value({ when: { a: 1 } }), 'condition_failed'],
    ['a condition of 2 kB', value({ when: 'x'.repeat(2000) }), 'too_large'],
    ['a condition of 9 levels', value({ when: JSON.parse(deep(9)) }), 'too_large'],
    ['two conditions', value({ when: null, when_revision: 'x' }), 'invalid_frame'],
    ['a wait without a condition', value({ watch: true }), 'invalid_frame'],
    ['a value of a pattern', value({ subject: 'a.*', wildcard: true }), 'unsupported'],
    ['a value under $presence', value({ subject: '$presence.a.ada~1' }), 'forbidden'],
    ['a member with a dot', '{"Enter":{"ref":1,"subject":"a","member":"a.b"}}', 'invalid_frame'],
    ['a member of a closed subject', '{"Enter":{"ref":1,"subject":"$a","member":"b"}}', 'forbidden'],
    ['a history that the broker does not keep', '{"Subscribe":{"ref":1,"subject":"a","after":"start"}}', 'unsupported'],
    [
      'every message, at a rate',
      '{"Subscribe":{"subject":"a","policy":{"deliver":"all","max_rate":1}}}',
      'invalid_frame',
    ],
    ['no rate at all', '{"Subscribe":{"subject":"a","policy":{"max_rate":0}}}', 'invalid_frame'],
    ['a policy in a group', '{"Subscribe":{"subject":"a","group":"g","policy":{"deliver":"latest"}}}', 'invalid_frame'],
    ['a filter of 2 kB', subscription({ filter: 'x'.repeat(2000) }), 'too_large'],
    ['a filter of 9 levels', subscription({ filter: JSON.parse(deep(9)) }), 'too_large'],
    ['a filter of 1,000 levels', `{"Subscribe":{"subject":"a","filter":${deep(1000)}}}`, 'invalid_frame'],
    ['a filter of 64 kB', subscription({ filter: 'x'.repeat(64 * 1024) }), 'invalid_frame'],
    ['a filter of a group', subscription({ filter: null, group: 'g' }), 'invalid_frame'],
    ['a filter of a responder', subscription({ filter: {}, serve: true }), 'invalid_frame'],
    ['a filter of a count', subscription({ subject: '$presence.a.*', filter: null, count: true }), 'invalid_frame'],
    ['Authenticate', '{"Authenticate":{"ref":1,"token":"t"}}', 'unsupported'],
    ['an unknown broker', '{"Publish":{"subject":"a","message":"x","broker":"constructor"}}', 'unknown_broker'],
    ['an empty group', '{"Subscribe":{"subject":"a","group":""}}', 'invalid_subject'],
    ['a group with a space', '{"Subscribe":{"subject":"a","group":"a b"}}', 'invalid_subject'],
    ['a server with a wildcard', '{"Subscribe":{"subject":"a.*","serve":true}}', 'invalid_subject'],
  ]

  it.each(frames)('answers %s in-band, and keeps the connection (C1–C12, W11)', async (_, data, code) => {
    const relay = await startRelay({ limits })
    const works = await bystander(relay)
    const socket = await connect(`ws://${relay.address}/ws`, json)
    socket.send(data)
    const answer = (await socket.json()) as { Error: { code: string; message: string } }
    expect(answer.Error.code).toBe(code)
    expect(answer.Error.message.length).toBeGreaterThan(10)
    await expectAlive(socket)
    await works()
    expect(({} as { subject?: unknown }).subject).toBeUndefined()
  })

  it.each([
    ['nesting of 10,000', Buffer.concat([Buffer.alloc(10_000, 0x91), Buffer.of(0xc0)])],
    ['an array of 2^32 - 1', Buffer.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a map of 2^32 - 1', Buffer.of(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['a string of 2^32 - 1', Buffer.of(0xdb, 0xff, 0xff, 0xff, 0xff)],
    ['an extension type', encode({ Publish: { subject: 'a', message: new Date(0) } })],
    ['the byte 0xC1', Buffer.of(0xc1)],
    ['trailing bytes', Buffer.concat([encode({ Subscribe: 'a' }), Buffer.of(0)])],
    ['a text frame', '{"Subscribe":"a"}'],
  ])('answers MessagePack with %s in-band (C2–C4, W11)', async (_, data) => {
    const relay = await startRelay({ limits })
    const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+msgpack')
    socket.send(data)
    expect(String(await socket.next())).toContain('invalid_frame')
  })

  it('clamps a timeout that no timer can hold (C8)', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ brokers: { test: memory({ clock, newId }) } })
    const socket = await connect(`ws://${relay.address}/ws`, json)
    socket.send('{"Subscribe":{"subject":"silent","serve":true}}')
    await socket.next()
    socket.send('{"Request":{"ref":1,"subject":"silent","message":"","timeout":1000000000000}}')
    expect(await socket.json()).toHaveProperty('Message')
    clock.advance(5 * 60_000)
    for (;;) {
      const answer = (await socket.json()) as { Error?: { code: string } }
      if (answer.Error) return expect(answer.Error.code).toBe('timeout')
    }
  })
})

describe('invalid subjects', () => {
  const invalid = [
    '',
    '.',
    'a..b',
    '.a',
    'a.',
    'a b',
    'a\tb',
    'a\r\nPUB admin.x 4',
    'a\u0000b',
    'a\u007fb',
    'a\u0085b',
    'a\u00a0b',
    'a\u2028b',
    'a\ufeffb',
    'a+b',
    'a/b',
    'a#b',
    'a>b',
    'a*b',
    'x'.repeat(1025),
    `${'x.'.repeat(256)}x`,
  ]

  it.each(invalid.map((subject) => [subject]))('rejects %j everywhere (S1, S3–S7)', async (subject) => {
    const relay = await startRelay()
    const spy = await connect(`ws://${relay.address}/ws`, json)
    spy.send('{"Subscribe":"**"}')
    await spy.next()
    const socket = await connect(`ws://${relay.address}/ws`, json)
    const refused = async (frame: unknown): Promise<void> => {
      socket.send(JSON.stringify(frame))
      expect(await socket.json()).toMatchObject({ Error: { ref: 1, code: 'invalid_subject', retry: false } })
    }
    await refused({ Subscribe: { ref: 1, subject } })
    await refused({ Publish: { ref: 1, subject, message: '' } })
    await refused({ Publish: { ref: 1, subject: 'a', message: '', response_subject: subject } })
    await refused({ Request: { ref: 1, subject, message: '' } })
    const response = await fetch(`http://${relay.address}/publish/${encodeURIComponent(subject)}`, {
      method: 'POST',
      body: '',
    })
    const answer = { status: response.status, isNamed: (await response.text()).startsWith('invalid_subject: ') }
    expect(answer).toEqual({ status: 400, isNamed: true })
    await expectAlive(socket)
    expect(spy.waiting).toHaveLength(1) // only the message of \`lives\`
  })

  it.each(['a.*', '*', '**', 'a.>', 'a.#'])('rejects the wildcard %s in a publish (S3)', async (subject) => {
    const relay = await startRelay()
    const socket = await connect(`ws://${relay.address}/ws`, json)
    socket.send(JSON.stringify({ Publish: { ref: 1, subject, message: '' } }))
    expect(await socket.json()).toMatchObject({ Error: { code: 'invalid_subject' } })
  })

  it.each(['$SYS.x', '_INBOX.x', '$share.g.t'])('keeps clients out of %s (S8)', async (subject) => {
    const relay = await startRelay()
    const socket = await connect(`ws://${relay.address}/ws`, json)
    for (const frame of [
      { Publish: { ref: 1, subject, message: '' } },
      { Publish: { ref: 1, subject: 'a', message: '', response_subject: subject } },
      { Subscribe: { ref: 1, subject } },
      { Subscribe: { ref: 1, subject, serve: true } },
      { Request: { ref: 1, subject, message: '' } },
    ]) {
      socket.send(JSON.stringify(frame))
      expect(await socket.json()).toMatchObject({ Error: { ref: 1, code: 'forbidden' } })
    }
  })

  // Without configured permissions, the protocol allows these by exact name, although the row of
  // the fault list requires a refusal.
  it.each(['request.01ARZ3NDEKTSV4RRFFQ69G5FAV.a', 'response.01ARZ3NDEKTSV4RRFFQ69G5FAV.a'])(
    'allows %s by exact name, and does not deliver it to leading wildcards (S8)',
    async (subject) => {
      const relay = await startRelay()
      const exact = await connect(`ws://${relay.address}/ws`, json)
      const wild = await connect(`ws://${relay.address}/ws`, json)
      exact.send(JSON.stringify({ Subscribe: { subject } }))
      expect(await exact.json()).toHaveProperty('Subscribed')
      for (const pattern of ['**', '*.**', '>']) wild.send(JSON.stringify({ Subscribe: { subject: pattern } }))
      for (let i = 0; i < 3; i++) expect(await wild.json()).toHaveProperty('Subscribed')
      exact.send(JSON.stringify({ Publish: { ref: 1, subject, message: 'x' } }))
      const received = [await exact.json(), await exact.json()]
      expect(received).toContainEqual({ Ack: { ref: 1 } })
      expect(received).toContainEqual({ Message: expect.objectContaining({ subject, message: 'x' }) })
      exact.send('{"Publish":{"subject":"plain","message":""}}')
      expect(await wild.json()).toMatchObject({ Message: { subject: 'plain' } })
    },
  )

  it('accepts 1,024 bytes and 256 segments, and not one more (S5)', async () => {
    const relay = await startRelay()
    const socket = await connect(`ws://${relay.address}/ws`, json)
    const publish = async (subject: string): Promise<unknown> => {
      socket.send(JSON.stringify({ Publish: { ref: 1, subject, message: '' } }))
      return socket.json()
    }
    const refused = { Error: expect.objectContaining({ ref: 1, code: 'invalid_subject' }) }
    for (const subject of ['x'.repeat(1024), Array(256).fill('x').join('.')])
      expect(await publish(subject)).toEqual({ Ack: { ref: 1 } })
    for (const length of [1025, 8192, 65_000]) expect(await publish('x'.repeat(length))).toEqual(refused)
    for (const segments of [257, 1000]) expect(await publish(Array(segments).fill('x').join('.'))).toEqual(refused)
  })

  it.each(Object.getOwnPropertyNames(Object.prototype).filter((name) => !name.startsWith('_')))(
    'accepts %s like any other word (S9)',
    async (name) => {
      const relay = await startRelay()
      const socket = await connect(`ws://${relay.address}/ws`, json)
      socket.send(JSON.stringify({ Subscribe: { subject: `${name}.*`, group: name } }))
      await socket.next()
      socket.send(JSON.stringify({ Publish: { subject: `${name}.${name}`, message: name } }))
      expect(await socket.json()).toMatchObject({ Message: { subject: `${name}.${name}`, message: name } })
    },
  )
})
