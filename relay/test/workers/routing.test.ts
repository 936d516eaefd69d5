import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { eventSource } from '../event-source.js'
import { openRawClient, startWorkers, type WorkersCommand } from './start-workers.js'

const counts = (values: readonly string[]): number[] =>
  [...new Set(values)].map((value) => values.filter((one) => one === value).length)

describe('wildcast gateway --workers 3', () => {
  it('spreads clients evenly: each relay has an id of its own, and its share', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '3'])
    const relays: string[] = []
    for (let i = 0; i < 9; i++) relays.push((await openRawClient(command)).relay)
    expect(counts(relays)).toEqual([3, 3, 3])
  })

  it('forwards a WebSocket to the relay that it names, from every worker', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '3'])
    const { relay } = await openRawClient(command)
    for (let i = 0; i < 6; i++) {
      const { socket, ...routed } = await openRawClient(command, `?relay=${relay}`)
      expect(routed.relay).toBe(relay)
      socket.send(JSON.stringify({ Subscribe: { ref: 1, subject: `to.${i}` } }))
      expect(await socket.json()).toMatchObject({ Subscribed: { ref: 1 } })
      // Longer than any buffer on the way.
      const message = 'x'.repeat(1_000_000)
      socket.send(JSON.stringify({ Publish: { subject: `to.${i}`, message } }))
      expect(await socket.json()).toMatchObject({ Message: { message } })
    }
  })

  it('keeps a WebSocket that names an unknown relay', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '3'])
    for (const named of ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '../../etc/passwd', '', 'x'.repeat(5000)])
      expect((await openRawClient(command, `?relay=${encodeURIComponent(named)}`)).relay).toMatch(/^\w{26}$/)
  })

  it('closes both ends of a forwarded WebSocket when one end closes', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '3', '-w', 'json'])
    const { relay } = await openRawClient(command)
    const leaving = await Promise.all(Array.from({ length: 3 }, () => openRawClient(command, `?relay=${relay}`)))
    for (const { socket } of leaving) {
      socket.ws.close(1000)
      expect((await socket.closed).code).toBe(1000)
    }
    const staying = await Promise.all(Array.from({ length: 3 }, () => openRawClient(command, `?relay=${relay}`)))
    const exit = once(command.primary, 'exit')
    command.primary.kill('SIGTERM')
    for (const { socket } of staying) {
      expect(await socket.json()).toMatchObject({ GoingAway: {} })
      // The forwarded connection may end before the close frame has passed.
      expect([4410, 1006]).toContain((await socket.closed).code)
    }
    expect(await exit).toEqual([0, null])
  })

  it('forwards posted frames to the worker that holds the stream of their session', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '3'])
    const source = await eventSource(`http://${command.address}/stream`, {}, { method: 'POST', body: '{"Connect":{}}' })
    const { Welcome } = (await source.next()).data as { Welcome: { session: string } }
    expect(await post(command, Welcome.session, 1, { Subscribe: { ref: 1, subject: 'a' } })).toEqual({
      status: 202,
      text: '{"received":1}',
    })
    expect(await source.next()).toMatchObject({ data: { Subscribed: { ref: 1 } } })
    for (let n = 2; n < 8; n++) {
      const message = String(n).repeat(100_000)
      const publish = { Publish: { subject: 'a', message } }
      // A repeated frame is recognised at every worker.
      for (let times = 0; times < 2; times++)
        expect(await post(command, Welcome.session, n, publish)).toEqual({ status: 202, text: `{"received":${n}}` })
      expect(await source.next()).toMatchObject({ data: { Message: { message } } })
    }
    expect(source.response.ok).toBe(true)
  })

  it('rejects frames of a session that no worker holds', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '2'])
    for (const session of ['01ARZ3NDEKTSV4RRFFQ69G5FAV_01ARZ3NDEKTSV4RRFFQ69G5FAV', '01ARZ3NDEKTSV4RRFFQ69G5FAV'])
      expect(await post(command, session, 1, 'Pong')).toEqual({
        status: 503,
        text: expect.stringContaining('there is no such session'),
      })
  })

  it('opens a stream at the relay that it names', async () => {
    const command = await startWorkers(['gateway', '-p', '0', '--workers', '3'])
    const { relay } = await openRawClient(command)
    for (let i = 0; i < 3; i++) {
      const init = { method: 'POST', body: '{"Connect":{}}' }
      const source = await eventSource(`http://${command.address}/stream?relay=${relay}`, { connection: 'close' }, init)
      expect(await source.next()).toMatchObject({ data: { Welcome: { relay } } })
    }
  })
})

/** Posts on a connection of its own, and so to the next worker. */
async function post(
  { address }: WorkersCommand,
  session: string,
  from: number,
  frame: unknown,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://${address}/stream/frames`, {
    method: 'POST',
    body: JSON.stringify(frame),
    headers: { authorization: `Session ${session}`, 'wildcast-from': String(from), connection: 'close' },
  })
  return { status: response.status, text: await response.text() }
}
