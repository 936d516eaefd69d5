import { parsePattern, payloadBytes } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { connect, type Socket } from '../socket.js'
import { authRelay, token } from './auth-relay.js'
import { json, known, open, watch } from './hostile-clients.js'

// Rows C7 to C10 and C12 between clients with identities.

it('an answer that announces more parts ends with the time limit of its request (C7)', async () => {
  const clock = fakeClock()
  const relay = await authRelay({}, { clock })
  const clients: Socket[] = []
  for (const sub of ['eve', 'ada']) {
    const socket = await open(relay, json)
    const exp = Math.ceil(clock.wall() / 1000) + 3600
    socket.send(JSON.stringify({ Connect: { token: await token({ sub, exp }) } }))
    await socket.next()
    clients.push(socket)
  }
  const [eve, ada] = clients as [Socket, Socket]
  eve.send('{"Subscribe":{"ref":1,"subject":"allowed.sum","serve":true}}')
  await eve.next()
  ada.send('{"Request":{"ref":1,"subject":"allowed.sum","message":"","timeout":1000}}')
  const { Message } = (await eve.json()) as { Message: { response_subject: string } }
  eve.send(JSON.stringify({ Publish: { ref: 2, subject: Message.response_subject, message: 'part', more: true } }))
  expect(await ada.json()).toMatchObject({ Response: { ref: 1, more: true } })
  clock.advance(1000)
  const answers = [await ada.json(), ...ada.waiting.map((text) => JSON.parse(String(text)))]
  expect(answers).toContainEqual({ Error: expect.objectContaining({ ref: 1, code: 'timeout' }) })
})

it.each([1e12, 2 ** 31])('a time limit of %d ms overflows no timer: the answer arrives (C8)', async (timeout) => {
  const relay = await authRelay()
  const ada = await known(relay)
  const eve = await known(relay, undefined, 'eve')
  eve.send('{"Subscribe":{"ref":1,"subject":"allowed.slow","serve":true}}')
  await eve.next()
  ada.send(JSON.stringify({ Request: { ref: 1, subject: 'allowed.slow', message: '', timeout } }))
  const { Message } = (await eve.json()) as { Message: { response_subject: string } }
  // A timer that overflows runs after a millisecond, before these answers.
  for (let i = 0; i < 50; i++) {
    eve.send('"Ping"')
    expect(await eve.json()).toBe('Pong')
  }
  eve.send(JSON.stringify({ Publish: { subject: Message.response_subject, message: 'late' } }))
  expect(await ada.json()).toEqual({ Response: { ref: 1, message: 'late' } })
})

it.each([1e308, -1, 0.5, 'x'])('a time limit of %j ms is refused (C8)', async (timeout) => {
  const ada = await known(await authRelay())
  ada.send(JSON.stringify({ Request: { ref: 1, subject: 'allowed.slow', message: '', timeout } }))
  expect(await ada.json()).toMatchObject({ Error: { ref: 1, code: 'invalid_frame' } })
})

it.each([
  ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0xc3, 0x28])],
  ['a byte order mark', Buffer.from('\ufeffx')],
  ['U+2028', Buffer.from('a\u2028b')],
])('%s arrive unchanged, and at known clients only (C9)', async (_, bytes) => {
  const relay = await authRelay()
  const stranger = await open(relay, json)
  const bob = await known(relay, undefined, 'bob')
  bob.send('{"Subscribe":{"ref":1,"subject":"allowed.a"}}')
  await bob.next()
  const ada = await known(relay)
  ada.send(JSON.stringify({ Publish: { ref: 1, subject: 'allowed.a', bytes: bytes.toString('base64') } }))
  expect(await ada.json()).toEqual({ Ack: { ref: 1 } })
  const { Message } = (await bob.json()) as { Message: { message?: string; bytes?: string } }
  expect(
    Buffer.from(Message.bytes ?? '', 'base64').toString('hex') || Buffer.from(Message.message ?? '').toString('hex'),
  ).toBe(bytes.toString('hex'))
  expect(stranger.waiting).toEqual([])
})

it('a payload that grows in the classic dialect reaches known clients only (C10)', async () => {
  const relay = await authRelay()
  const headers = { authorization: `Bearer ${await token({ sub: 'bob' })}` }
  await expect(connect(`ws://${relay.address}/subscribe/allowed.a`)).rejects.toThrow('401')
  const bob = await connect(`ws://${relay.address}/subscribe/allowed.a`, undefined, { headers })
  const payload = Buffer.alloc(256 * 1024, 0xff)
  const inside: number[] = []
  await relay.relay.inside.listen(
    'test',
    { pattern: parsePattern('allowed.a') },
    { deliver: (message) => void inside.push(payloadBytes(message.payload).length), ended: () => {} },
  )
  let text: string | undefined
  while (text === undefined) {
    await fetch(`http://${relay.address}/publish/allowed.a`, { method: 'POST', headers, body: payload })
    text = await Promise.race([
      bob.next().then(String),
      new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined))),
    ])
  }
  expect(text.length).toBeGreaterThan(3 * payload.length)
  expect(inside[0]).toBe(payload.length)
  const ada = await known(relay)
  ada.send('"Ping"')
  expect(await ada.json()).toBe('Pong')
})

it.each(['"Pong"', '', 'null'])(
  'a flood of %j before "Connect" ends within the limit of 64 KiB (C12)',
  async (text) => {
    const relay = await authRelay({}, { authenticate: () => new Promise(() => {}), clock: fakeClock() })
    const socket = await open(relay, json)
    for (let i = 0; i < 20_000; i++) socket.send(text)
    expect(await socket.json()).toMatchObject({ Error: { code: 'too_large' } })
    await socket.closed
  },
)

it('a flood of "Pong" of a known client does not delay the answers to others (C12)', async () => {
  const relay = await authRelay()
  const leaksNothing = await watch(relay)
  const ada = await known(relay)
  for (let i = 0; i < 20_000; i++) ada.send('"Pong"')
  await leaksNothing()
  ada.send('{"Publish":{"ref":1,"subject":"allowed.a","message":""}}')
  expect(await ada.json()).toEqual({ Ack: { ref: 1 } })
})
