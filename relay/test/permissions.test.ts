import { describe, expect, it } from 'vitest'
import { type Action, health, http, httpRequest, newId, websocket } from '../src/index.js'
import { type StartedRelay, startRelay } from './start-relay.js'
import { ask, client, type V1Client } from './v1-client.js'

const gateways = [http, health, websocket(), httpRequest({ form: 'json' })]
const publish = (subject: string, more: object = {}): object => ({ Publish: { ref: 1, subject, message: '', ...more } })
const ack = { Ack: { ref: 1 } }
const forbidden = { Error: { ref: 1, code: 'forbidden' } }

async function serving(relay: StartedRelay, subject: string): Promise<V1Client> {
  const server = await client(relay)
  expect(await ask(server, { Subscribe: { ref: 9, subject, serve: true } })).toMatchObject({ Subscribed: { ref: 9 } })
  return server
}

/** Sends a request. Resolves with its response subject. */
async function responseSubjectOf(server: V1Client, asker: V1Client, subject: string): Promise<string> {
  asker.say({ Request: { ref: 8, subject, message: '' } })
  const { Message } = (await server.json()) as { Message: { response_subject: string } }
  return Message.response_subject
}

describe('subjects made for requests', () => {
  const made = ['request', 'response'].flatMap((first) => [`${first}.${newId()}`, `${first}.${newId()}.math.sum`])

  it.each(made)('are allowed by exact name without permissions, as in the original: %s (P6, P7)', async (name) => {
    const relay = await startRelay()
    expect(await ask(await client(relay), publish(name))).toEqual(ack)
    expect(await ask(await client(relay), publish('a', { response_subject: name }))).toEqual(ack)
  })

  it.each(made)('are forbidden to publishers with any permissions: %s (P6, P7)', async (name) => {
    const relay = await startRelay({ authorize: () => true })
    const stranger = await client(relay)
    expect(await ask(stranger, publish(name))).toMatchObject(forbidden)
    expect(await ask(stranger, publish('a', { response_subject: name }))).toMatchObject(forbidden)
    const response = await fetch(`http://${relay.address}/publish/${name}`, { method: 'POST', body: '' })
    expect(response.status).toBe(403)
    expect(await ask(stranger, publish('request.form.sent'))).toEqual(ack)
  })

  it('still carry the requests and answers of /request', async () => {
    const relay = await startRelay({ gateways, authorize: ({ kind }) => kind !== 'serve' })
    const responder = await client(relay)
    await ask(responder, { Subscribe: { ref: 1, subject: 'request.*.POST.sum' } })
    const answer = fetch(`http://${relay.address}/request/sum`, { method: 'POST', body: '1+2' })
    const { Message } = (await responder.json()) as { Message: { response_subject: string } }
    responder.say({ Publish: { subject: Message.response_subject, message: '{"status":200,"body":"3"}' } })
    expect(await (await answer).text()).toBe('3')
  })
})

describe('a server with permissions', () => {
  const authorize = ({ kind }: Action): boolean => kind === 'serve' || kind === 'request'

  it('may answer its requests without a permission to publish', async () => {
    const relay = await startRelay({ authorize })
    const server = await serving(relay, 'sum')
    const asker = await client(relay)
    const subject = await responseSubjectOf(server, asker, 'sum')
    expect(await ask(server, { Publish: { ref: 1, subject, message: '3' } })).toEqual(ack)
    expect(await asker.json()).toEqual({ Response: { ref: 8, message: '3' } })
  })

  it('may not answer the requests of another client, even if it guesses the subject (P6)', async () => {
    const relay = await startRelay({ authorize: () => true })
    const [server, other] = [await serving(relay, 'sum'), await serving(relay, 'other')]
    const asker = await client(relay)
    const subject = await responseSubjectOf(server, asker, 'sum')
    expect(await ask(other, publish(subject))).toMatchObject(forbidden)
    expect(await ask(asker, publish(subject))).toMatchObject(forbidden)
  })

  it('gains no permission from the response subject of a message (P5)', async () => {
    const relay = await startRelay({ authorize: ({ kind, subject }) => kind !== 'publish' || subject === 'talk' })
    const [colluding, other] = [await client(relay), await client(relay)]
    await ask(colluding, { Subscribe: { ref: 1, subject: 'talk' } })
    await ask(other, publish('talk', { response_subject: 'admin.x' }))
    expect(await colluding.json()).toMatchObject({ Message: { response_subject: 'admin.x' } })
    expect(await ask(colluding, publish('admin.x'))).toMatchObject(forbidden)
  })
})

describe('a denied permission', () => {
  it.each([
    ['a wildcard', { subject: 'secret.*' }],
    ['a queue', { subject: 'secret.a', group: 'g' }],
    ['a server', { subject: 'secret.a', serve: true }],
    ['the newest only', { subject: 'secret.a', policy: { deliver: 'latest' } }],
  ])('is denied to a subscription with %s, too (P5)', async (_, body) => {
    const relay = await startRelay({ authorize: ({ subject }) => !subject.startsWith('secret') })
    expect(await ask(await client(relay), { Subscribe: { ref: 1, ...body } })).toMatchObject(forbidden)
  })

  it('is checked with the subject that is used, if a frame has two (P9)', async () => {
    const relay = await startRelay({ authorize: ({ subject }) => subject !== 'bad' })
    const socket = await client(relay)
    socket.send('{"Publish":{"ref":1,"subject":"good","message":"","subject":"bad"}}')
    expect(await socket.json()).toMatchObject(forbidden)
    socket.send('{"Publish":{"ref":1,"subject":"bad","message":"","subject":"good"}}')
    expect(await socket.json()).toEqual(ack)
  })

  it('has the same answer for used and unused subjects (P10)', async () => {
    const relay = await startRelay({ authorize: ({ kind }) => kind !== 'publish' && kind !== 'request' })
    await serving(relay, 'used')
    const stranger = await client(relay)
    const answer = async (frame: object, subject: string): Promise<string> =>
      JSON.stringify(await ask(stranger, frame)).replaceAll(subject, '…')
    for (const kind of ['Publish', 'Request']) {
      const frame = (subject: string): object => ({ [kind]: { ref: 1, subject, message: '' } })
      expect(await answer(frame('used'), 'used')).toBe(await answer(frame('free'), 'free'))
    }
  })

  it('does not repeat the name of an unknown broker (P10)', async () => {
    const relay = await startRelay()
    const answer = await ask(await client(relay), publish('a', { broker: 'guessed' }))
    expect(answer).toMatchObject({ Error: { ref: 1, code: 'unknown_broker' } })
    expect(JSON.stringify(answer)).not.toContain('guessed')
  })

  it('is the result if permissions throw, and the connection stays open (P11)', async () => {
    const relay = await startRelay({
      authorize({ subject }) {
        if (subject === 'broken') throw new Error('a password: secret')
        return true
      },
    })
    const socket = await client(relay)
    const answer = await ask(socket, publish('broken'))
    expect(answer).toMatchObject(forbidden)
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(await ask(socket, publish('works'))).toEqual(ack)
  })
})

it('without permissions a token is ignored, and never repeated (P1)', async () => {
  const relay = await startRelay()
  const socket = await client(relay)
  const answer = JSON.stringify(await ask(socket, { Connect: { token: 'ey.secret.none' } }))
  expect(answer).toMatch(/^\{"Welcome":/)
  expect(answer).not.toContain('secret')
  expect(relay.errors.join()).not.toContain('secret')
})

it('a snapshot ends if its client may no longer subscribe after a renewal', async () => {
  let isAllowed = true
  const authorize = ({ kind }: Action): boolean => kind !== 'subscribe' || isAllowed
  const relay = await startRelay({ authenticate: async () => ({ claims: {} }), authorize })
  const [writer, reader] = [await client(relay), await client(relay)]
  for (const one of [writer, reader]) await ask(one, 'Ping') // then their credentials are checked
  const message = 'x'.repeat(500_000)
  for (let i = 0; i < 60; i++) await ask(writer, { Publish: { ref: i, subject: `a.${i}`, message, retain: true } })
  reader.ws.pause()
  reader.say({ Subscribe: { ref: 1, subject: 'a.*', snapshot: true } })
  await ask(writer, 'Ping') // the relay has read the frame of the other socket, or reads it next
  isAllowed = false
  reader.say({ Authenticate: { ref: 2, token: 'other' } })
  await ask(writer, 'Ping')
  reader.ws.resume()
  for (;;) {
    const frame = (await reader.json()) as { readonly Synced?: object; readonly Error?: object }
    if (!frame.Synced && !frame.Error) continue
    expect(frame).toMatchObject({ Error: { ref: 1, code: 'forbidden' } })
    return
  }
})
