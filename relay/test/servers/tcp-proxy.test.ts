import { once } from 'node:events'
import { createServer, type Socket, connect as tcp } from 'node:net'
import { Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { endsWithTest } from './ends-with-test.js'
import { openProxy } from './tcp-proxy.js'

describe('the proxy', () => {
  /** An echo server with the proxy before it. */
  async function openEcho() {
    const echo = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket))
    endsWithTest(echo.listen(0, '127.0.0.1'))
    await once(echo, 'listening')
    const proxy = endsWithTest(await openProxy((echo.address() as { port: number }).port))
    return { echo, proxy }
  }

  async function dial(port: number): Promise<Socket> {
    const socket = tcp({ port, host: '127.0.0.1', allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return socket
  }

  it('forwards bytes and ends', async () => {
    const { proxy } = await openEcho()
    const socket = await dial(proxy.port)
    const sent = Buffer.alloc(5_000_000, 'hello')
    socket.end(sent)
    expect((await buffer(socket)).equals(sent)).toBe(true)
  })

  it('sends the bytes of each direction through its lane', async () => {
    const { echo } = await openEcho()
    const lane = (): Transform =>
      new Transform({ transform: (bytes: Buffer, _, done) => done(null, Buffer.concat([bytes, Buffer.from('!')])) })
    const { port } = endsWithTest(await openProxy((echo.address() as { port: number }).port, { lane }))
    const socket = await dial(port)
    socket.end('hello')
    expect(String(await buffer(socket))).toBe('hello!!')
  })

  it('cuts with a reset, and accepts the next connection', async () => {
    const { proxy } = await openEcho()
    const socket = await dial(proxy.port)
    const failed = once(socket, 'error')
    proxy.cut()
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
    await dial(proxy.port)
  })

  it('refuses only new connections, until it accepts again', async () => {
    const { proxy } = await openEcho()
    const socket = await dial(proxy.port)
    proxy.refuse()
    await expect(dial(proxy.port)).rejects.toThrow('ECONNREFUSED')
    socket.write('still here')
    await once(socket, 'data')
    await proxy.accept()
    await dial(proxy.port)
  })

  it('leads new connections to another port', async () => {
    const [one, other] = [await openEcho(), await openEcho()]
    const socket = await dial(one.proxy.port)
    one.proxy.lead(other.proxy.port)
    await dial(one.proxy.port)
    other.proxy.cut()
    socket.write('still here')
    await once(socket, 'data')
    other.proxy.refuse()
    await expect(once(await dial(one.proxy.port), 'close')).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('holds bytes and ends while it stalls, for new connections too, and loses none', async () => {
    const { echo, proxy } = await openEcho()
    const old = await dial(proxy.port)
    proxy.stall()
    const received: string[] = []
    for (const socket of [old, await dial(proxy.port)]) {
      socket.on('data', (data) => received.push(String(data)))
      socket.end('held')
    }
    // A connection without the stalled proxy: bytes that were not held would have arrived already.
    const beside = await dial((echo.address() as { port: number }).port)
    beside.write('x')
    await once(beside, 'data')
    expect(received).toEqual([])
    proxy.flow()
    await once(old, 'end')
    await expect.poll(() => received).toEqual(['held', 'held'])
  })
})
