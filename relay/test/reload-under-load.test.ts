import { copyFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { connect as tls } from 'node:tls'
import { type Client, createClient } from '@wildcast/client'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { folderWith, portsOf, run, start } from './command.js'
import { makeCertificates } from './servers/certificates.js'
import { temporaryFolder } from './servers/temporary-folder.js'

const component = (id: string): string => `
[[component]]
id = "${id}"
source = "one.mjs"
trigger.subscription.Topic.topic = "other"
`

const toml = (more = ''): string => `port = 0
brokers.main.type = "memory"
[tls]
certificate = "server.pem"
key = "server.key"
${more}
${component('one')}
`

/** A relay that ends TLS itself, with files that can be replaced. */
async function opened() {
  const cwd = await folderWith('one.mjs', 'export default () => {}')
  const use = (authority: string): void => {
    const { certFile, keyFile } = makeCertificates(authority).server
    copyFileSync(keyFile, path.join(cwd, 'server.key'))
    copyFileSync(certFile, path.join(cwd, 'server.pem'))
  }
  const write = (text: string): Promise<void> => writeFile(path.join(cwd, 'wildcast.toml'), text)
  use('ours')
  await write(toml())
  const surroundings = { cwd, env: { TMPDIR: temporaryFolder() } }
  const [port = 0] = await portsOf(start(['up'], surroundings), 1)
  return { port, use, write, reload: () => run(['reload'], surroundings) }
}

/** The name of the authority that new connections see. */
function issuerAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls({ host: '127.0.0.1', port, rejectUnauthorized: false })
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().issuer.CN))
      socket.destroy()
    })
  })
}

class Trusting extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { rejectUnauthorized: false })
  }
}

/** Clients that publish without a pause, and count what each of them receives. */
async function underLoad(port: number, count: number) {
  const clients: { client: Client; states: string[]; received: number }[] = []
  for (let i = 0; i < count; i++) {
    const client = createClient({ url: `wss://127.0.0.1:${port}`, WebSocket: Trusting as never })
    onTestFinished(() => client.close())
    const one = { client, states: [] as string[], received: 0 }
    const isReady = new Promise<void>((resolve) => {
      client.subscribe('load', () => one.received++, { onStatus: (status) => status === 'ready' && resolve() })
    })
    await isReady
    client.onStatus(({ state }) => one.states.push(state))
    clients.push(one)
  }
  let isOver = false
  let sent = 0
  const publishing = clients.map(async ({ client }) => {
    while (!isOver) {
      expect(await client.publish('load', 'x')).toBe('confirmed')
      sent++
    }
  })
  const end = async (): Promise<number> => {
    isOver = true
    await Promise.all(publishing)
    return sent
  }
  return { clients, end, progress: () => expect.poll(() => sent, { timeout: 30_000 }).toBeGreaterThan(sent + 100) }
}

it('certificates and a configuration are reloaded under load without a dropped client or a lost message', async () => {
  const { port, use, write, reload } = await opened()
  const { clients, end, progress } = await underLoad(port, 8)
  const sessions = clients.map(({ client }) => client.welcome?.session)
  await progress()

  use('others')
  await expect.poll(() => issuerAt(port), { timeout: 30_000 }).toBe('others')
  expect(await reload()).toMatchObject({ code: 0, out: expect.stringContaining('component "one" is loaded again') })
  await progress()

  await write(toml('[brokers'))
  expect(await reload()).toMatchObject({ code: 1, err: expect.stringMatching(/wildcast\.toml:\d+: /) })
  await progress()

  const sent = await end()
  for (const one of clients) await expect.poll(() => one.received, { timeout: 30_000 }).toBe(sent)
  expect(clients.map(({ client }) => client.welcome?.session)).toEqual(sessions)
  expect(clients.flatMap(({ states }) => states).filter((state) => state !== 'online')).toEqual([])
})
