import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { portsOf } from './command.js'

/** A relay in its own process, whose event loop is measured. */
export interface MeteredRelay {
  /** `127.0.0.1:<port>` */
  readonly address: string
  readonly port: number
  /**
   * Resolves with the longest turn of the relay's event loop during `run`, in milliseconds of
   * processor time.
   */
  longestTurnMs(run: () => Promise<void>): Promise<number>
  /** Bytes of resident memory. */
  memory(): Promise<number>
  /** Bytes in use after a garbage collection, buffers included. */
  heap(): Promise<number>
}

const wildcast = path.resolve(import.meta.dirname, '../bin/wildcast.js')
const meter = path.resolve(import.meta.dirname, 'servers/loop-meter.js')

/** Starts `wildcast` with these arguments, as users do. It ends with the test. */
export async function meteredRelay(words: readonly string[]): Promise<MeteredRelay> {
  const child = fork(wildcast, words, {
    execArgv: ['--import', meter],
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [port = 0] = await portsOf(child, 1)
  async function bytesOf(what: 'memory' | 'heap'): Promise<number> {
    child.send(what)
    const [{ bytes }] = (await once(child, 'message')) as [{ readonly bytes: number }]
    return bytes
  }
  return {
    port,
    address: `127.0.0.1:${port}`,
    async longestTurnMs(run) {
      child.send('begin')
      await run()
      child.send('end')
      const [{ longestMs }] = (await once(child, 'message')) as [{ readonly longestMs: number }]
      return longestMs
    },
    memory: () => bytesOf('memory'),
    heap: () => bytesOf('heap'),
  }
}
