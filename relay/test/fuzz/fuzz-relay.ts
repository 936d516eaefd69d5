import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { SignJWT } from 'jose'
import { onTestFinished } from 'vitest'
import { folderWith, says, wildcast } from '../command.js'
import { freePort } from '../servers/free-port.js'

const secret = 'a secret of at least 32 bytes, for tests'

const configuration = (port: number, admin: string): string => `
port = ${port}
host = "127.0.0.1"
websockets = "json"
request_response = "json"
timeout = 50
static = "."
admin = "${admin}"
trusted_proxies = ["127.0.0.1"]
origins = ["http://localhost"]
brokers.main.type = "memory"
[[brokers.main.history]]
subjects = "fuzz.**"
messages = 10
[limits]
resume_ms = 2000
[auth]
anonymous = "guest"
cookie = "session"
jwt.key = "${secret}"
[roles.guest]
publish = ["fuzz.**"]
subscribe = ["fuzz.**"]
request = ["fuzz.**"]
serve = ["fuzz.**"]
[roles.member]
publish = ["**"]
`

/** A relay in its own process, with authentication, whose memory can be measured. */
export interface FuzzRelay {
  readonly port: number
  /** A token of a user. */
  readonly token: string
  /** The reason of its end, if it has ended. */
  crashed(): string | undefined
  /** Bytes in use after a collection. */
  heap(): Promise<number>
  /** The number of open sessions. */
  sessions(): Promise<number>
}

export async function startFuzzRelay(): Promise<FuzzRelay> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const admin = `127.0.0.1:${adminPort}`
  const cwd = await folderWith('wildcast.toml', configuration(port, admin))
  const child = fork(wildcast, ['up'], {
    cwd,
    execArgv: ['--expose-gc', '--import', path.resolve(import.meta.dirname, 'probe.js')],
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log = `${log}${String(chunk)}`.slice(-20_000)
  })
  let ended: string | undefined
  child.once('exit', (code, signal) => {
    ended = `the relay has ended (${signal ?? code}):\n${log}`
  })
  await says(child.stdout, /^The admin port is /)
  const token = await new SignJWT({ sub: 'ada', wildcast: { role: 'member' } })
    .setExpirationTime('1h')
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(secret))
  return {
    port,
    token,
    crashed: () => ended ?? (/"code":"internal"|Warning:/.test(log) ? log : undefined),
    async heap() {
      child.send('heap')
      const [{ heap }] = (await once(child, 'message')) as [{ readonly heap: number }]
      return heap
    },
    async sessions() {
      const { total } = (await (await fetch(`http://${admin}/sessions?limit=1`)).json()) as { total: number }
      return total
    },
  }
}
