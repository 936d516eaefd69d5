import { describe, expect, it } from 'vitest'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'
import { ask, client, type V1Client } from './v1-client.js'

describe('requests over v1', () => {
  const serving = async (relay: StartedRelay, subject: string): Promise<V1Client> => {
    const server = await client(relay)
    await ask(server, { Subscribe: { subject, serve: true } })
    return server
  }
  const responseSubjectOf = (frame: unknown): string =>
    (frame as { Message: { response_subject: string } }).Message.response_subject

  it('delivers the request to the responder and the answer to the caller', async () => {
    const relay = await startRelay()
    const server = await serving(relay, 'math.sum')
    const caller = await client(relay)
    caller.say({ Request: { ref: 9, subject: 'math.sum', message: '1+2', headers: { trace: '1' } } })
    const request = await server.json()
    expect(request).toMatchObject({ Message: { subject: 'math.sum', message: '1+2', headers: { trace: '1' } } })
    expect(await ask(server, { Publish: { ref: 1, subject: responseSubjectOf(request), message: '3' } })).toEqual({
      Ack: { ref: 1 },
    })
    expect(await caller.json()).toEqual({ Response: { ref: 9, message: '3' } })
  })

  it('delivers parts, then the last answer', async () => {
    const relay = await startRelay()
    const server = await serving(relay, 'count')
    const caller = await client(relay)
    caller.say({ Request: { ref: 1, subject: 'count', message: '' } })
    const subject = responseSubjectOf(await server.json())
    server.say({ Publish: { subject, message: '1', more: true } })
    server.say({ Publish: { subject, message: '2' } })
    expect(await caller.json()).toEqual({ Response: { ref: 1, message: '1', more: true } })
    expect(await caller.json()).toEqual({ Response: { ref: 1, message: '2' } })
  })

  it("delivers the responder's error with its own code", async () => {
    const relay = await startRelay()
    const server = await serving(relay, 'math.sum')
    const caller = await client(relay)
    caller.say({ Request: { ref: 1, subject: 'math.sum', message: 'x' } })
    const subject = responseSubjectOf(await server.json())
    server.say({ Publish: { subject, error: { code: 'not_a_number', message: 'send numbers' } } })
    expect(await caller.json()).toEqual({
      Error: { ref: 1, code: 'not_a_number', message: 'send numbers', retry: false },
    })
  })

  it('fails with no_responders at once, and with timeout in time', async () => {
    const relay = await startRelay()
    const caller = await client(relay)
    expect(await ask(caller, { Request: { ref: 1, subject: 'nobody', message: '' } })).toMatchObject({
      Error: { ref: 1, code: 'no_responders', retry: true },
    })
    await serving(relay, 'silent')
    expect(await ask(caller, { Request: { ref: 2, subject: 'silent', message: '', timeout: 1 } })).toMatchObject({
      Error: { ref: 2, code: 'timeout', retry: true },
    })
  })

  it('rejects a second responder, and accepts one when the first has left (Q7)', async () => {
    const relay = await startRelay()
    const first = await serving(relay, 'one')
    const second = await client(relay)
    const claim = { Subscribe: { ref: 1, subject: 'one', serve: true } }
    expect(await ask(second, claim)).toMatchObject({ Error: { ref: 1, code: 'already_served' } })
    await ask(first, { Unsubscribe: { id: 1 } })
    expect(await ask(second, claim)).toMatchObject({ Subscribed: { ref: 1 } })
  })

  it('frees the subject at once: a responder that unsubscribes and subscribes again is accepted', async () => {
    const relay = await startRelay()
    const server = await client(relay)
    const { Subscribed } = (await ask(server, { Subscribe: { ref: 1, subject: 'one', serve: true } })) as {
      Subscribed: { id: number }
    }
    server.say({ Unsubscribe: { ref: 2, id: Subscribed.id } })
    server.say({ Subscribe: { ref: 3, subject: 'one', serve: true } })
    expect(await server.json()).toMatchObject({ Unsubscribed: { ref: 2 } })
    expect(await server.json()).toMatchObject({ Subscribed: { ref: 3 } })
  })

  it('keeps the response subjects of a responder despite those of other messages', async () => {
    const relay = await startRelay()
    const server = await serving(relay, 'math.sum')
    await ask(server, { Subscribe: 'chat' })
    const caller = await client(relay)
    caller.say({ Request: { ref: 1, subject: 'math.sum', message: '' } })
    const subject = responseSubjectOf(await server.json())
    for (let i = 0; i < 1001; i++)
      caller.say({ Publish: { subject: 'chat', message: '', response_subject: `stranger.${i}` } })
    for (let i = 0; i < 1001; i++) await server.next()
    server.say({ Publish: { subject, message: '3' } })
    expect(await caller.json()).toEqual({ Response: { ref: 1, message: '3' } })
  })

  it('fails a request when its responder disconnects (Q7)', async () => {
    const relay = await startRelay()
    const server = await serving(relay, 'math.sum')
    const caller = await client(relay)
    caller.say({ Request: { ref: 1, subject: 'math.sum', message: '' } })
    await server.next()
    server.ws.terminate()
    expect(await caller.json()).toMatchObject({ Error: { ref: 1, code: 'no_responders' } })
  })

  it('rejects a ref that is in flight, and sends nothing for a cancelled request', async () => {
    const relay = await startRelay()
    await serving(relay, 'silent')
    const caller = await client(relay)
    caller.say({ Request: { ref: 1, subject: 'silent', message: '' } })
    expect(await ask(caller, { Request: { ref: 1, subject: 'silent', message: '' } })).toMatchObject({
      Error: { ref: 1, code: 'invalid_frame' },
    })
    caller.say({ Cancel: { ref: 1 } })
    expect(await ask(caller, { Publish: { ref: 2, subject: 'x', message: '' } })).toEqual({ Ack: { ref: 2 } })
  })

  it("lets classic and v1 clients request each other by the original's scheme", async () => {
    const relay = await startRelay()
    const server = await serving(relay, 'math.sum')
    const classic = await connect(`ws://${relay.address}/ws`)
    const say = (frame: unknown): void => classic.send(JSON.stringify(frame))
    say({ Subscribe: 'response.7.math.sum' })
    say({ Publish: { message: [49], subject: 'request.7.math.sum', response_subject: 'response.7.math.sum' } })
    const request = await server.json()
    expect(request).toMatchObject({
      Message: { subject: 'math.sum', message: '1', response_subject: 'response.7.math.sum' },
    })
    server.say({ Publish: { subject: 'response.7.math.sum', message: '3' } })
    expect(await classic.json()).toEqual({
      message: [51],
      subject: 'response.7.math.sum',
      broker: 'test',
      response_subject: null,
    })
  })
})
