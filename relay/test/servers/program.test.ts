import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { endsWithTest } from './ends-with-test.js'
import { freePort } from './free-port.js'
import { startProgram } from './program.js'
import { startRedis } from './redis.js'
import { redisCli } from './redis-cli.js'

describe('a program', () => {
  it('fails with its log if it ends before it is ready', async () => {
    await expect(startRedis({ args: ['--port', 'none'] })).rejects.toThrow(/ended before.*argument couldn't be parsed/s)
  })

  it('tries other ports if the first ones were taken meanwhile', async () => {
    const squatter = createServer().listen(await freePort(), '127.0.0.1')
    endsWithTest(squatter)
    await once(squatter, 'listening')
    const taken = (squatter.address() as { port: number }).port
    const tried: number[] = []
    const redis = endsWithTest(
      await startProgram({
        name: 'redis-server',
        ready: /Ready to accept/,
        args(port) {
          tried.push(port)
          return ['--bind', '127.0.0.1', '--save', '', '--port', `${tried.length === 1 ? taken : port}`]
        },
      }),
    )
    expect(tried).toEqual([expect.any(Number), redis.port])
    expect(await redisCli(`redis://127.0.0.1:${redis.port}`, ['PING'])).toBe('PONG')
  })

  it('can be stopped twice, and while it is paused', async () => {
    const redis = await startRedis()
    await redis.pause()
    await redis.stop()
    await redis.stop()
    expect(redis.log()).toContain('User requested shutdown')
  })
})
