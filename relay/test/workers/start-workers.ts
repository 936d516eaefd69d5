import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { type Client, createClient, type Message } from '@wildcast/client'
import { expect, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { portsOf, start } from '../command.js'
import { childrenOf, listensOn } from '../servers/processes.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { connect, type Socket } from '../socket.js'

/** A command with several workers, as users start it. */
export interface WorkersCommand {
  readonly primary: ChildProcess
  /** `127.0.0.1:<port>` of the first port. */
  readonly address: string
  /** The addresses of all ports. */
  readonly addresses: readonly string[]
  /** The processes of one program. */
  pids(main: 'relay' | 'memory'): number[]
  /** The process of the relay with this id. */
  pidOf(relay: string): number
  /** Its temporary folder, instead of the system's. */
  readonly temporary: string
  /** The files that it has left in that folder. */
  leftovers(): string[]
  /** Its output on stderr so far. */
  log(): string
}

/** Starts a command; all its processes end with the test. */
export async function startWorkers(
  args: readonly string[],
  { cwd, ports = 1 }: { readonly cwd?: string; readonly ports?: number } = {},
): Promise<WorkersCommand> {
  const temporary = temporaryFolder()
  const primary = start(args, { ...(cwd === undefined ? {} : { cwd }), env: { TMPDIR: temporary } })
  let log = ''
  primary.stderr?.on('data', (chunk) => {
    log += String(chunk)
  })
  const addresses = (await portsOf(primary, ports)).map((port) => `127.0.0.1:${port}`)
  const pids: WorkersCommand['pids'] = (main) =>
    childrenOf(primary.pid as number).flatMap(({ pid, command }) => (command.includes(`${main}-main.js`) ? [pid] : []))
  return {
    primary,
    address: addresses[0] as string,
    addresses,
    pids,
    pidOf(relay) {
      const pid = pids('relay').find((one) => listensOn(one, `/${relay}.0`))
      if (pid === undefined) throw new Error(`no process has the relay ${relay}`)
      return pid
    },
    temporary,
    leftovers: () => readdirSync(temporary, { recursive: true }).map((name) => path.join(String(name))),
    log: () => log,
  }
}

const relays = new WeakMap<Client, string>()

/** The relay to which a client was last connected. */
export const relayOf = (client: Client): string => relays.get(client) ?? ''

/** A connected client of the SDK. Successive clients come to successive workers. */
export async function clientOf({ address }: WorkersCommand): Promise<Client> {
  class RecordingWebSocket extends WebSocket {
    constructor(...words: ConstructorParameters<typeof WebSocket>) {
      super(...words)
      this.once('message', (data) => relays.set(client, JSON.parse(String(data)).Welcome.relay))
    }
  }
  const client = createClient({ url: `ws://${address}`, WebSocket: RecordingWebSocket as never, onError: () => {} })
  onTestFinished(() => client.close())
  await expect.poll(() => client.status.state).toBe('online')
  return client
}

/**
 * Subscribes, and collects the texts of messages, and `gap` for each gap. Resolves when it is
 * confirmed.
 */
export async function collectMessages(client: Client, pattern: string, group?: string): Promise<string[]> {
  const received: string[] = []
  await new Promise<void>((resolve) => {
    client.subscribe(pattern, (message: Message) => received.push(message.text()), {
      onStatus: (status) => status === 'ready' && resolve(),
      onGap: () => received.push('gap'),
      ...(group === undefined ? {} : { group }),
    })
  })
  return received
}

/** A plain socket that speaks v1 in JSON, and its relay. */
export interface RawClient {
  readonly socket: Socket
  readonly relay: string
  readonly session: string
}

export async function openRawClient({ address }: Pick<WorkersCommand, 'address'>, query = ''): Promise<RawClient> {
  const socket = await connect(`ws://${address}/ws${query}`, 'wildcast.v1+json')
  socket.send('{"Connect":{}}')
  const { Welcome } = (await socket.json()) as { Welcome: Omit<RawClient, 'socket'> }
  return { socket, relay: Welcome.relay, session: Welcome.session }
}
