import { type Client, createClient } from '@wildcast/client'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { longWaits } from '../src/testing/long-waits.js'
import { startRelay } from './start-relay.js'

/** A responder that sends parts when a test releases them, and a caller. */
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
    log.push('called')
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
  const caller = open()
  const ask = (options: Parameters<Client['request']>[2] = {}) =>
    caller.request('count', null, { onPart: ({ data }) => parts.push(data), ...options })
  /** Releases the next part, once the generator waits for that. */
  const next = async (): Promise<void> => {
    await expect.poll(() => waiting.length > 0 || log.includes('ended')).toBe(true)
    waiting.shift()?.()
  }
  const untilEnded = async (): Promise<void> => {
    while (!log.includes('ended')) await next()
  }
  return { ask, caller, next, parts, log, untilEnded }
}

it('a request continues as long as parts come in time', async () => {
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

it('a caller that aborts ends the generator', async () => {
  const { ask, next, parts, untilEnded } = await streaming()
  const abort = new AbortController()
  const outcome = expect(ask({ signal: abort.signal })).rejects.toBe('enough')
  await next()
  await expect.poll(() => parts).toEqual([1])
  abort.abort('enough')
  await outcome
  await untilEnded()
})

it('a caller that leaves ends the generator', async () => {
  const { ask, caller, next, parts, untilEnded } = await streaming()
  const outcome = expect(ask()).rejects.toMatchObject({ code: 'interrupted' })
  await next()
  await expect.poll(() => parts).toEqual([1])
  caller.close()
  await outcome
  await untilEnded()
})

it('a caller that times out ends the generator', async () => {
  const { ask, untilEnded } = await streaming()
  await expect(ask({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'timeout' })
  await untilEnded()
})
