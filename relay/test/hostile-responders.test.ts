import { describe, expect, it } from 'vitest'
import { metrics, websocket } from '../src/index.js'
import { expectAlive } from './bystander.js'
import { type StartedRelay, startRelay } from './start-relay.js'
import { ask, client, type V1Client } from './v1-client.js'

/** A responder with a pending request, its caller, and the response subject. */
async function pendingRequest(relay: StartedRelay): Promise<{ server: V1Client; caller: V1Client; subject: string }> {
  const [server, caller] = [await client(relay), await client(relay)]
  await ask(server, { Subscribe: { ref: 1, subject: 'work', serve: true } })
  caller.say({ Request: { ref: 1, subject: 'work', message: '', timeout: 300_000 } })
  const { Message } = (await server.json()) as { Message: { response_subject: string } }
  return { server, caller, subject: Message.response_subject }
}

describe('a responder', () => {
  it('that answers twice delivers one answer, and the others are counted (Q8)', async () => {
    const { gateway, observer } = metrics()
    const relay = await startRelay({ gateways: [websocket(), gateway], observer })
    const { server, caller, subject } = await pendingRequest(relay)
    for (const message of ['first', 'second', 'third']) server.say({ Publish: { subject, message } })
    expect(await caller.json()).toEqual({ Response: { ref: 1, message: 'first' } })
    await expectAlive(server)
    await expectAlive(caller) // it has received nothing else
    const figures = await (await fetch(`http://${relay.address}/metrics`)).text()
    expect(figures).toContain('wildcast_dropped_total{broker="test",why="late_answer"} 2')
  })

  it('that answers a cancelled request reaches no caller (Q8)', async () => {
    const { server, caller, subject } = await pendingRequest(await startRelay())
    caller.say({ Cancel: { ref: 1 } })
    await expectAlive(caller)
    server.say({ Publish: { subject, message: 'late' } })
    await expectAlive(server)
    await expectAlive(caller)
  })

  it('that answers with 10 MB is rejected, and may answer with less (Q8)', async () => {
    const { server, caller, subject } = await pendingRequest(await startRelay())
    const answer = (message: string): Promise<unknown> => ask(server, { Publish: { ref: 2, subject, message } })
    for (let i = 0; i < 10; i++)
      expect(await answer('x'.repeat(1024 * 1024 + 1))).toMatchObject({ Error: { ref: 2, code: 'too_large' } })
    expect(await answer('less')).toEqual({ Ack: { ref: 2 } })
    expect(await caller.json()).toEqual({ Response: { ref: 1, message: 'less' } })
  })

  it.each([
    ['is text', 'failed'],
    ['has no message', { code: 'failed' }],
    ['has a code that is not text', { code: 7, message: 'x' }],
    ['is a list', ['failed']],
  ])('whose error %s has sent an invalid frame, and may answer again (Q8)', async (_, error) => {
    const { server, caller, subject } = await pendingRequest(await startRelay())
    const answer = (more: object): Promise<unknown> =>
      ask(server, { Publish: { ref: 2, subject, message: '', ...more } })
    expect(await answer({ error })).toMatchObject({ Error: { ref: 2, code: 'invalid_frame' } })
    expect(await answer({ error: { code: 'failed', message: 'no' } })).toEqual({ Ack: { ref: 2 } })
    expect(await caller.json()).toMatchObject({ Error: { ref: 1, code: 'failed', message: 'no' } })
  })
})

describe('a request that causes itself', () => {
  /** Serves a subject by requesting another one, and forwards its error. */
  async function forwards(relay: StartedRelay, from: string, to: string): Promise<() => number> {
    const socket = await client(relay)
    const answers = new Map<number, string>()
    let ref = 1
    socket.say({ Subscribe: { ref: 0, subject: from, serve: true } })
    expect(await socket.json()).toMatchObject({ Subscribed: {} })
    const go = async (): Promise<void> => {
      for (;;) {
        const frame = (await socket.json()) as Record<string, { ref: number; code: string; response_subject: string }>
        if (frame.Message) {
          answers.set(ref, frame.Message.response_subject)
          socket.say({ Request: { ref: ref++, subject: to, message: '', timeout: 300_000 } })
        }
        const failed = frame.Error
        const subject = failed && answers.get(failed.ref)
        if (failed)
          socket.say({ Publish: { subject, message: '', error: { code: failed.code, message: 'passed on' } } })
      }
    }
    void go()
    return () => ref - 1
  }

  it.each([
    ['directly', [['a', 'a']]],
    [
      'through another one',
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
    ],
  ])('ends %s at the number of requests that a client may have in flight (Q9)', async (_, ways) => {
    const relay = await startRelay()
    const counts = await Promise.all(ways.map(([from = '', to = '']) => forwards(relay, from, to)))
    const caller = await client(relay)
    expect(await ask(caller, { Request: { ref: 1, subject: 'a', message: '', timeout: 300_000 } })).toMatchObject({
      Error: { ref: 1, code: 'rate_limited' },
    })
    for (const count of counts) expect(count()).toBeLessThanOrEqual(1001)
    await expectAlive(caller)
  })
})

describe('a queue', () => {
  it.each([
    ['0', false],
    ['', true],
    ['a b', true],
    ['*', true],
    ['x'.repeat(1025), true],
  ])('whose name is %j (Q6)', async (group, refused) => {
    const socket = await client(await startRelay())
    const answer = await ask(socket, { Subscribe: { ref: 1, subject: 'jobs', group } })
    expect(answer).toMatchObject(refused ? { Error: { ref: 1, code: 'invalid_subject' } } : { Subscribed: { ref: 1 } })
    await expectAlive(socket)
  })

  it('with a member that does not read gives its unwritten messages to the others, each once (Q6)', async () => {
    const relay = await startRelay()
    const members = [await client(relay), await client(relay), await client(relay)]
    for (const member of members) await ask(member, { Subscribe: { ref: 1, subject: 'jobs', group: 'g' } })
    const [slow, ...others] = members as [V1Client, V1Client, V1Client]
    slow.ws.pause()
    const publisher = await client(relay)
    const count = 120
    for (let n = 0; n < count; n++)
      await ask(publisher, { Publish: { ref: n, subject: 'jobs', message: `${n} ${'x'.repeat(256 * 1024)}` } })
    const numbers = (member: V1Client): number[] =>
      member.waiting.map((text) => Number(/"message":"(\d+) /.exec(String(text))?.[1]))
    slow.ws.terminate()
    await expect.poll(() => new Set(others.flatMap(numbers)).size).toBeGreaterThan(count * 0.75)
    const taken = others.flatMap(numbers)
    expect(new Set(taken).size).toBe(taken.length)
  })
})
