import { once } from 'node:events'
import { encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { memory, newId } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { frame, rawSocket } from './raw-socket.js'
import { connect, type Socket } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const json = 'wildcast.v1+json'
const final = 0x80
const [continuation, text, binary, close, ping] = [0x0, 0x1, 0x2, 0x8, 0x9]
const limits = { payload: 16 * 1024 } // a WebSocket message of 128 KiB then

/** Another client of the same relay, which must notice nothing. */
async function bystander(relay: StartedRelay): Promise<() => Promise<void>> {
  const socket = await connect(`ws://${relay.address}/ws`, json)
  let ref = 0
  return async () => {
    socket.send(JSON.stringify({ Publish: { ref: ++ref, subject: 'bystander', message: '' } }))
    expect(await socket.json()).toEqual({ Ack: { ref } })
  }
}

describe('WebSocket frames that break RFC 6455', () => {
  const broken: [string, number, Uint8Array[]][] = [
    ['an unmasked frame', 1002, [Buffer.of(final | text, 1, 65)]],
    ['RSV1 without an extension', 1002, [frame(0xc1, 'x')]],
    ['RSV2', 1002, [frame(0xa1, 'x')]],
    ['RSV3', 1002, [frame(0x91, 'x')]],
    ...[3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf].map((opcode): [string, number, Uint8Array[]] => [
      `opcode ${opcode}`,
      1002,
      [frame(final | opcode)],
    ]),
    ['a continuation first', 1002, [frame(final | continuation, 'x')]],
    ['text inside a fragmented text', 1002, [frame(text, 'x'), frame(final | text, 'y')]],
    ['a fragmented ping', 1002, [frame(ping, 'x')]],
    ['a ping of 126 bytes', 1002, [frame(final | ping, 'x'.repeat(126))]],
    ['invalid UTF-8', 1007, [frame(final | text, Buffer.of(0xc3, 0x28))]],
    [
      'invalid UTF-8 over two fragments',
      1007,
      [frame(text, Buffer.of(0xc3)), frame(final | continuation, Buffer.of(0x28))],
    ],
    ['a header that announces 2^62 bytes', 1009, [frame(final | binary, '', 1n << 62n)]],
    ['a header that announces 1 MiB', 1009, [frame(final | text, '', 1n << 20n)]],
    [
      'fragments that add up to too much',
      1009,
      [frame(text, 'x'.repeat(100_000)), frame(continuation, 'x'.repeat(100_000))],
    ],
    ['close code 1005', 1002, [frame(final | close, Buffer.of(0x03, 0xed))]],
    ['close code 1006', 1002, [frame(final | close, Buffer.of(0x03, 0xee))]],
    ['close code 999', 1002, [frame(final | close, Buffer.of(0x03, 0xe7))]],
    ['close code 5000', 1002, [frame(final | close, Buffer.of(0x13, 0x88))]],
    ['a close of one byte', 1002, [frame(final | close, 'x')]],
    ['a close reason of invalid UTF-8', 1007, [frame(final | close, Buffer.of(0x03, 0xe8, 0xff))]],
  ]

  it.each(broken)('closes over %s with %i, and nobody else notices (W1–W4, W10)', async (_, code, frames) => {
    const relay = await startRelay({ limits })
    const works = await bystander(relay)
    const attacker = await rawSocket(relay.address)
    attacker.write(...frames)
    expect(await attacker.closed).toBe(code)
    await works()
  })

  it.each([
    ['one-byte', 'x'],
    ['empty', ''],
  ])('closes 1008 over 200,000 %s fragments (W5, W6, W15)', async (_, payload) => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(text, payload), Buffer.concat(new Array<Buffer>(200_000).fill(frame(continuation, payload))))
    expect(await attacker.closed).toBe(1008)
    await works()
  })

  it('closes 4408 over a message that is begun and not finished (W7)', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ clock })
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(text, 'never'))
    const other = await connect(`ws://${relay.address}/ws`, json)
    other.send('{"Publish":{"ref":1,"subject":"a","message":""}}')
    await other.next() // by now the relay has read the fragment, too
    clock.advance(20_000)
    expect(await attacker.closed).toBe(4408)
  })

  it('answers 50,000 pings in one write, and serves on (W9)', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const attacker = await rawSocket(relay.address)
    attacker.write(
      Buffer.concat(new Array<Buffer>(50_000).fill(frame(final | ping, 'x'))),
      frame(final | close, Buffer.of(0x03, 0xe8)),
    )
    expect(await attacker.closed).toBe(1000)
    await works()
  })

  it('lets go of a client whose connection is reset in the middle of a frame (W12)', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(final | text, '{"Subscribe":{"subject":"one","serve":true}}'))
    await once(attacker.socket, 'data')
    attacker.write(frame(text, 'half').subarray(0, 7))
    attacker.socket.resetAndDestroy()
    await freed(relay)
    await works()
  })

  it('takes a FIN without a close frame for a drop (W13)', async () => {
    const relay = await startRelay()
    const attacker = await rawSocket(relay.address)
    attacker.write(frame(final | text, '{"Subscribe":{"subject":"one","serve":true}}'))
    await once(attacker.socket, 'data')
    attacker.socket.end()
    await freed(relay)
  })

  it('ignores what follows the close frame (W14)', async () => {
    const relay = await startRelay()
    const attacker = await rawSocket(relay.address)
    attacker.write(
      frame(final | close, Buffer.of(0x03, 0xe8)),
      frame(final | text, '{"Subscribe":{"subject":"one","serve":true}}'),
    )
    expect(await attacker.closed).toBe(1000)
    await freed(relay)
  })

  it('cuts a client off that does not answer the close frame (W14)', async () => {
    const relay = await startRelay()
    const attacker = await rawSocket(relay.address, null)
    attacker.socket.removeAllListeners('end') // never answers, never hangs up
    attacker.write(frame(final | text, 'rubbish'))
    await once(attacker.socket, 'end')
  })

  /** The only server's subject can be taken: the attacker's session has ended. */
  async function freed(relay: StartedRelay): Promise<void> {
    const socket = await connect(`ws://${relay.address}/ws`, json)
    for (let answer: unknown; !(answer as { Subscribed?: unknown })?.Subscribed; answer = await socket.json())
      socket.send('{"Subscribe":{"subject":"one","serve":true}}')
  }
})

describe('v1 frames that mean nothing', () => {
  const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
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
    ['a ref that is no whole number', '{"Publish":{"ref":1.5,"subject":"a","message":"x"}}', 'invalid_frame'],
    ['a ref below 0', '{"Publish":{"ref":-1,"subject":"a","message":"x"}}', 'invalid_frame'],
    ['a ref past 2^53', '{"Publish":{"ref":9007199254740993,"subject":"a","message":"x"}}', 'invalid_frame'],
    ['a ref of 1e400', '{"Publish":{"ref":1e400,"subject":"a","message":"x"}}', 'invalid_frame'],
    ['a ref as text', '{"Publish":{"ref":"1","subject":"a","message":"x"}}', 'invalid_frame'],
    ['no message', '{"Publish":{"subject":"a"}}', 'invalid_frame'],
    ['a lone surrogate in a message', '{"Publish":{"subject":"a","message":"\\ud800"}}', 'invalid_frame'],
    ['base64 that is none', '{"Publish":{"subject":"a","bytes":"*"}}', 'invalid_frame'],
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
    ['a reserved field on Publish', '{"Publish":{"subject":"a","message":"x","retain":true}}', 'unsupported'],
    ['a reserved field on Subscribe', '{"Subscribe":{"subject":"a","after":1}}', 'unsupported'],
    ['a policy that is not built', '{"Subscribe":{"subject":"a","policy":{"deliver":"latest"}}}', 'unsupported'],
    ['Authenticate', '{"Authenticate":{"ref":1,"token":"t"}}', 'unsupported'],
    ['an unknown broker', '{"Publish":{"subject":"a","message":"x","broker":"constructor"}}', 'unknown_broker'],
    ['an empty group', '{"Subscribe":{"subject":"a","group":""}}', 'invalid_subject'],
    ['a group with a space', '{"Subscribe":{"subject":"a","group":"a b"}}', 'invalid_subject'],
    ['a server with a wildcard', '{"Subscribe":{"subject":"a.*","serve":true}}', 'invalid_subject'],
  ]

  it.each(frames)('answers %s in-band, and the connection lives (C1–C12, W11)', async (_, data, code) => {
    const relay = await startRelay({ limits })
    const works = await bystander(relay)
    const socket = await connect(`ws://${relay.address}/ws`, json)
    socket.send(data)
    const answer = (await socket.json()) as { Error: { code: string; message: string } }
    expect(answer.Error.code).toBe(code)
    expect(answer.Error.message.length).toBeGreaterThan(10)
    await lives(socket)
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

describe('subjects that are none', () => {
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
    'x'.repeat(256),
    `${'x.'.repeat(32)}x`,
  ]

  it.each(invalid.map((subject) => [subject]))('refuses %j everywhere (S1, S3–S7)', async (subject) => {
    const relay = await startRelay()
    const spy = await connect(`ws://${relay.address}/ws`, json)
    spy.send('{"Subscribe":"**"}')
    await spy.next()
    const socket = await connect(`ws://${relay.address}/ws`, json)
    const refused = async (said: unknown): Promise<void> => {
      socket.send(JSON.stringify(said))
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
    expect([response.status, (await response.text()).startsWith('invalid_subject: ')]).toEqual([400, true])
    await lives(socket)
    expect(spy.waiting).toHaveLength(1) // the sign of life, and nothing else
  })

  it.each(['a.*', '*', '**', 'a.>', 'a.#'])('refuses the wildcard %s in a publish (S3)', async (subject) => {
    const relay = await startRelay()
    const socket = await connect(`ws://${relay.address}/ws`, json)
    socket.send(JSON.stringify({ Publish: { ref: 1, subject, message: '' } }))
    expect(await socket.json()).toMatchObject({ Error: { code: 'invalid_subject' } })
  })

  it.each(['$SYS.x', '_INBOX.x', '$share.g.t'])('keeps %s closed to clients (S8)', async (subject) => {
    const relay = await startRelay()
    const socket = await connect(`ws://${relay.address}/ws`, json)
    for (const said of [
      { Publish: { ref: 1, subject, message: '' } },
      { Publish: { ref: 1, subject: 'a', message: '', response_subject: subject } },
      { Subscribe: { ref: 1, subject } },
      { Subscribe: { ref: 1, subject, serve: true } },
      { Request: { ref: 1, subject, message: '' } },
    ]) {
      socket.send(JSON.stringify(said))
      expect(await socket.json()).toMatchObject({ Error: { ref: 1, code: 'forbidden' } })
    }
  })

  it.each(Object.getOwnPropertyNames(Object.prototype).filter((name) => !name.startsWith('_')))(
    'takes %s for a word like any other (S9)',
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

describe('readers that are too slow', () => {
  it('cuts a reader off that does not read, and keeps everybody else', async () => {
    const relay = await startRelay()
    const works = await bystander(relay)
    const stuck = await connect(`ws://${relay.address}/ws`, json)
    stuck.send('{"Subscribe":"flood"}')
    await stuck.next()
    stuck.ws.pause()
    const message = 'x'.repeat(512 * 1024)
    // The kernel takes a few MB before the relay sees that nobody reads.
    for (let i = 0; i < 64; i++) await fetch(`http://${relay.address}/publish/flood`, { method: 'POST', body: message })
    await works()
    stuck.ws.resume()
    expect((await stuck.closed).code).not.toBe(1000)
  })
})

/** The connection still does its work. */
async function lives(socket: Socket): Promise<void> {
  socket.send('{"Publish":{"ref":77,"subject":"alive","message":""}}')
  expect(await socket.json()).toEqual({ Ack: { ref: 77 } })
}
