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

/** A command that runs several workers, as users start it. */
export interface Crew {
  readonly primary: ChildProcess
  /** `127.0.0.1:<port>` of its first port. */
  readonly address: string
  /** The same of all its ports. */
  readonly addresses: readonly string[]
  /** The processes of one kind. */
  pids(main: 'relay' | 'memory'): number[]
  /** The process of the relay with this id. */
  pidOf(relay: string): number
  /** The folder that it takes for the system's temporary one. */
  readonly temporary: string
  /** Whatever it has put into that. */
  leftovers(): string[]
  /** What it has said on stderr so far. */
  log(): string
}

/** Starts a command; all its processes end with the test. */
export async function startCrew(
  args: readonly string[],
  { cwd, ports = 1 }: { readonly cwd?: string; readonly ports?: number } = {},
): Promise<Crew> {
  const temporary = temporaryFolder()
  const primary = start(args, { ...(cwd === undefined ? {} : { cwd }), env: { TMPDIR: temporary } })
  let log = ''
  primary.stderr?.on('data', (chunk) => {
    log += String(chunk)
  })
  const addresses = (await portsOf(primary, ports)).map((port) => `127.0.0.1:${port}`)
  const pids: Crew['pids'] = (main) =>
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

/** The relay that a client was connected to last. */
export const relayOf = (client: Client): string => relays.get(client) ?? ''

/**
 * A client of the SDK, once it is connected: clients that come one after the other come to one
 * worker after the other.
 */
export async function clientOf({ address }: Crew): Promise<Client> {
  class Overheard extends WebSocket {
    constructor(...words: ConstructorParameters<typeof WebSocket>) {
      super(...words)
      this.once('message', (data) => relays.set(client, JSON.parse(String(data)).Welcome.relay))
    }
  }
  const client = createClient({ url: `ws://${address}`, WebSocket: Overheard as never, onError: () => {} })
  onTestFinished(() => client.close())
  await expect.poll(() => client.status.state).toBe('online')
  return client
}

/** What a subscription brings, from when it is confirmed: `gap` where it was told of one. */
export async function hearing(client: Client, pattern: string, group?: string): Promise<string[]> {
  const heard: string[] = []
  await new Promise<void>((resolve) => {
    client.subscribe(pattern, (message: Message) => heard.push(message.text()), {
      onStatus: (status) => status === 'ready' && resolve(),
      onGap: () => heard.push('gap'),
      ...(group === undefined ? {} : { group }),
    })
  })
  return heard
}

/** A plain socket that speaks v1 in JSON, and the relay that it has come to. */
export interface Guest {
  readonly socket: Socket
  readonly relay: string
  readonly session: string
}

export async function guest({ address }: Pick<Crew, 'address'>, query = ''): Promise<Guest> {
  const socket = await connect(`ws://${address}/ws${query}`, 'wildcast.v1+json')
  socket.send('{"Connect":{}}')
  const { Welcome } = (await socket.json()) as { Welcome: Omit<Guest, 'socket'> }
  return { socket, relay: Welcome.relay, session: Welcome.session }
}
