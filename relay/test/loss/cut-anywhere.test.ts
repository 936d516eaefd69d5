import { once } from 'node:events'
import { createServer, type Socket, connect as tcp } from 'node:net'
import { createClient } from '@wildcast/client'
import { msgpack } from '@wildcast/client/msgpack'
import { stream } from '@wildcast/client/stream'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { realClock } from '../../src/index.js'
import { startRelay } from '../start-relay.js'

// Row N4: the first connection of a client is cut after every number of bytes, in each direction.

const transports = {
  'a WebSocket in JSON': { WebSocket },
  'a WebSocket in MessagePack': { WebSocket, codec: msgpack },
  'an event stream': { transport: stream },
}

const bytes = 2000
/** `npm run loss` tries every number of bytes. */
const step = process.env.LOSS_SECONDS === undefined ? 9 : 1
const messages = 8
/** The number of concurrent attempts. */
const together = 16
/** Reconnects at once. */
const clock = { ...realClock, random: () => 0 }
const padding = '.'.repeat(100)

type Way = 'in' | 'out'

/** A proxy that resets the first connection after this number of bytes in one direction. */
async function cutter(target: number, way: Way, after: number): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  let left = after
  let isCut = false
  const server = createServer({ noDelay: true }, (near) => {
    const far = tcp({ port: target, host: '127.0.0.1', noDelay: true })
    const reset = (): void => {
      for (const end of [near, far]) if (!end.destroyed) end.resetAndDestroy()
    }
    const pass = (chunk: Buffer, to: Socket, its: Way): void => {
      const passing = isCut || its !== way ? chunk : chunk.subarray(0, left)
      if (!isCut && its === way) left -= passing.length
      if (passing.length === chunk.length) to.write(passing)
      else {
        isCut = true
        to.write(passing, reset)
      }
    }
    for (const end of [near, far]) {
      sockets.add(end)
      end.on('error', reset).on('close', reset)
    }
    near.on('data', (chunk) => pass(chunk, far, 'in'))
    far.on('data', (chunk) => pass(chunk, near, 'out'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

it.each(Object.entries(transports))('%s that is cut at any byte loses and repeats no message', async (_, how) => {
  const relay = await startRelay()
  const wrong: unknown[] = []

  async function attempt(way: Way, after: number): Promise<void> {
    const proxy = await cutter(relay.port, way, after)
    const client = createClient({ url: `ws://127.0.0.1:${proxy.port}`, clock, onError: () => {}, ...how })
    const received: (string | 'gap')[] = []
    const subject = `cut.${way}${after}`
    const all = new Promise<void>((resolve) => {
      const record = (what: string): void => void (received.push(what) === messages && resolve())
      client.subscribe(subject, (message) => record(message.text().replaceAll('.', '')), {
        onGap: () => record('gap'),
        onStatus: (status) => status === 'ready' && publish(),
      })
    })
    const outcomes: Promise<unknown>[] = []
    function publish(): void {
      for (let n = outcomes.length + 1; n <= messages; n++) outcomes.push(client.publish(subject, `${n}${padding}`))
    }
    await all
    const settled = await Promise.all(outcomes)
    client.close()
    proxy.close()
    const expected = Array.from({ length: messages }, (_, i) => `${i + 1}`)
    if (`${received}` !== `${expected}` || settled.some((outcome) => outcome !== 'confirmed'))
      wrong.push({ way, after, received, settled })
  }

  const tries = (['in', 'out'] as const).flatMap((way) =>
    Array.from({ length: Math.ceil(bytes / step) }, (_, i) => () => attempt(way, i * step)),
  )
  const worker = async (): Promise<void> => {
    for (let next = tries.shift(); next; next = tries.shift()) await next()
  }
  onTestFinished(() => void tries.splice(0))
  await Promise.all(Array.from({ length: together }, worker))
  expect(wrong).toEqual([])
})
