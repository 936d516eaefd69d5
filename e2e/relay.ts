import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** The relay as a user starts it: the `wildcast` command, in a process of its own. */
export interface RelayProcess {
  readonly url: string
  readonly port: number
  /** Ends it without a word to anybody. */
  kill(): Promise<void>
  /** Starts it again on the same port. */
  restart(): Promise<void>
}

/** Starts `wildcast gateway` with the demo's page. */
export async function startRelay(folder: string = path.join(root, 'demo/dist')): Promise<RelayProcess> {
  let child: ChildProcess
  let port = 0

  async function start(): Promise<void> {
    const words = ['gateway', '--websockets', 'json', '--port', String(port), '--host', '127.0.0.1', '--static', folder]
    child = spawn(process.execPath, [path.join(root, 'relay/bin/wildcast.js'), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of child.stdout ?? []) {
      const found = /http:\/\/[^:]+:(\d+)/.exec(String(line))
      if (!found) continue
      port = Number(found[1])
      return
    }
    throw new Error('the relay did not start')
  }

  await start()
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    restart: start,
  }
}
