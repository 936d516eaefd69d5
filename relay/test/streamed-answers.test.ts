import { type Client, createClient } from '@wildcast/client'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { longWaits } from '../src/testing/long-waits.js'
import { startRelay } from './start-relay.js'

/** A server that answers with parts whenever a test says so, and an asker. */
async function streaming(options: Parameters<typeof startRelay>[0] = {}) {
  const { address } = await startRelay(options)
  const open = (): Client => {
    const client = createClient({ url: `ws://${address}/ws`, WebSocket: WebSocket as never, onError: () => {} })
    onTestFinished(() => client.close())
    return client
  }
  const waiting: (() => void)[] = []
  const log: string[] = []
  const server = open()
  await new Promise<void>((ready) => {
    const onStatus = (status: string): void => void (status === 'ready' && ready())
    server.serve('count', count, { onStatus })
  })
  async function* count() {
    log.push('asked')
    try {
      for (let part = 1; ; part++) {
        await new Promise<void>((resolve) => waiting.push(resolve))
        yield part
      }
    } finally {
      log.push('ended')
    }
  }
  const parts: unknown[] = []
  const asker = open()
  const ask = (options: Parameters<Client['request']>[2] = {}) =>
    asker.request('count', null, { onPart: ({ data }) => parts.push(data), ...options })
  /** Lets the next part go, once the generator waits for that. */
  const next = async (): Promise<void> => {
    await expect.poll(() => waiting.length > 0 || log.includes('ended')).toBe(true)
    waiting.shift()?.()
  }
  const untilEnded = async (): Promise<void> => {
    while (!log.includes('ended')) await next()
  }
  return { ask, asker, next, parts, log, untilEnded }
}

it('a request goes on for as long as parts come in time', async () => {
  const clock = longWaits()
  const { ask, next, parts } = await streaming({ clock })
  const outcome = ask({ timeoutMs: 60_000 }).catch(({ code }) => code)
  for (const part of [1, 2, 3]) {
    await next()
    await expect.poll(() => parts.at(-1)).toBe(part)
    clock.advance(59_999)
  }
  clock.advance(1)
  expect(await outcome).toBe('timeout')
})

it('an asker that aborts ends the generator', async () => {
  const { ask, next, parts, untilEnded } = await streaming()
  const abort = new AbortController()
  const outcome = expect(ask({ signal: abort.signal })).rejects.toBe('enough')
  await next()
  await expect.poll(() => parts).toEqual([1])
  abort.abort('enough')
  await outcome
  await untilEnded()
})

it('an asker that leaves ends the generator', async () => {
  const { ask, asker, next, parts, untilEnded } = await streaming()
  const outcome = expect(ask()).rejects.toMatchObject({ code: 'interrupted' })
  await next()
  await expect.poll(() => parts).toEqual([1])
  asker.close()
  await outcome
  await untilEnded()
})

it('an asker whose time is over ends the generator', async () => {
  const { ask, untilEnded } = await streaming()
  await expect(ask({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'timeout' })
  await untilEnded()
})
