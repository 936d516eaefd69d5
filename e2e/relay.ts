import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** The relay as a user starts it: the `wildcast` command, in a process of its own. */
export interface RelayProcess {
  readonly url: string
  readonly port: number
  /** The file of the values and messages that the demo's configuration keeps. */
  readonly store: string
  /** Kills the process. */
  kill(): Promise<void>
  /** Stops its execution: its connections stay open, and nothing is answered. */
  freeze(): void
  /** Starts it again on the same port. */
  restart(): Promise<void>
}

/** The words of `wildcast` for one broker and the page in a folder, by default the demo's. */
export function gateway({ broker = 'InMemoryBroker', folder = path.join(root, 'demo/dist') } = {}): string[] {
  return ['gateway', '--broker', broker, '--websockets', 'json', '--host', '127.0.0.1', '--static', folder]
}

/** The words for what `npm start` opens, without the process that signs its users in. */
export const npmStart = ['up', '--config', path.join(root, 'demo/wildcast.toml')]

/** Starts `wildcast` on a free port, with these variables beside those of the tests. */
export async function startRelay(
  words: readonly string[] = gateway(),
  variables: Readonly<Record<string, string>> = {},
): Promise<RelayProcess> {
  // The demo's own file is open in one relay at most.
  const store = path.join(await mkdtemp(path.join(tmpdir(), 'wildcast-')), 'wildcast.db')
  const demo = { WILDCAST_DEMO_SECRET: randomBytes(32).toString('hex'), WILDCAST_DEMO_ADMIN: '0' }
  let child: ChildProcess
  let port = 0

  async function start(): Promise<void> {
    child = spawn(process.execPath, [path.join(root, 'relay/bin/wildcast.js'), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...variables, ...demo, PORT: String(port), WILDCAST_DEMO_STORE: store },
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
    store,
    url: `http://127.0.0.1:${port}`,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    freeze: () => void child.kill('SIGSTOP'),
    restart: start,
  }
}
