import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { portsOf, start } from './command.js'

/** Limits the descriptors of a running process. prlimit belongs to util-linux. */
function limit({ pid }: ChildProcess, descriptors: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${descriptors}:${descriptors}`])
}

/** Opens connections, and collects the relay's answers. */
async function dial(port: number, count: number): Promise<{ readonly received: () => string; close(): void }> {
  let received = ''
  const sockets: Socket[] = []
  for (let i = 0; i < count; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (chunk) => {
      received += String(chunk)
    })
    socket.on('error', () => {})
    sockets.push(socket)
  }
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(close)
  await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)))
  return { received: () => received, close }
}

it.each([
  ['one process', []],
  ['several workers', ['--workers', '2']],
])(
  'a relay that runs out of file descriptors logs it, refuses connections, and continues: %s (L8, N13)',
  async (_, flags) => {
    const child = start(['gateway', '-p', '0', ...flags])
    let log = ''
    child.stderr?.on('data', (chunk) => {
      log += String(chunk)
    })
    const [port = 0] = await portsOf(child, 1)
    const healthy = async (): Promise<number | string> =>
      // The system may hold a connection for which the relay has no descriptor: it gets no answer
      // before others are closed.
      fetch(`http://127.0.0.1:${port}/healthz`, {
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(10_000),
      }).then(
        ({ status }) => status,
        () => 'no answer',
      )
    limit(child, 96)
    let tries = 0
    // The limit is read once a second: earlier connections may still be accepted.
    await expect
      .poll(async () => {
        tries++
        const { close } = await dial(port, 120)
        const status = await healthy()
        close()
        return { status, logged: /"stage":"accept".*raise the limit/.test(log) }
      })
      .toEqual({ status: 503, logged: true })
    expect(log.split('\n').filter((line) => line.includes('"stage":"accept"')).length).toBeLessThanOrEqual(20 * tries)
    await expect.poll(healthy).toBe(200)
    expect(child.exitCode).toBe(null)
  },
)
