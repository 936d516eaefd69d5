import type { AddressInfo } from 'node:net'
import {
  classicJsonCodec,
  matches,
  type Pattern,
  parsePattern,
  readClassicFrame,
  type Subject,
} from '@wildcast/protocol'
import { expect, onTestFinished, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type Client, createClient } from '../client.js'
import type { ClientOptions } from '../options.js'
import type { Peer } from '../transports/transport.contract.js'
import { endsOf } from './ends-of.js'

/** The original gateway, as a test sees it. */
export interface Original extends Peer {
  /** The subscriptions of each socket, in the order of opening. */
  readonly lanes: Pattern[][]
  readonly sockets: ReadonlySet<WebSocket>
}

/** A fake of the original gateway: no answers, and one copy for each matching subscription. */
export async function openOriginal(): Promise<Original> {
  const server = new WebSocketServer({ port: 0, path: '/ws' })
  await new Promise((resolve) => server.once('listening', resolve))
  const lanes: Pattern[][] = []
  const published: string[] = []
  const patternsOf = new Map<WebSocket, Pattern[]>()
  const spread = (text: string, subject: Subject): void => {
    for (const [socket, patterns] of patternsOf)
      for (const pattern of patterns) if (matches(pattern, subject)) socket.send(text)
  }
  const gone = new Promise<void>((resolve) =>
    server.on('connection', (socket) => {
      const patterns: Pattern[] = []
      lanes.push(patterns)
      patternsOf.set(socket, patterns)
      socket.on('message', (data: Buffer) => {
        const frame = readClassicFrame(classicJsonCodec.decode(data.toString()))
        if (frame.kind === 'Subscribe') patterns.push(parsePattern(frame.subject))
        else {
          published.push(frame.subject)
          const text = classicJsonCodec.encode({ ...frame, kind: 'Message', id: 0, broker: frame.broker ?? 'test' })
          spread(text as string, frame.subject as Subject)
        }
      })
      socket.on('close', () => {
        patternsOf.delete(socket)
        resolve()
      })
    }),
  )
  return {
    lanes,
    sockets: server.clients,
    settings: { url: `ws://localhost:${(server.address() as AddressInfo).port}`, WebSocket },
    published: async () => {
      await gone
      return published
    },
    async sendInvalid() {
      await vi.waitFor(() => expect(lanes.flat()).toContain('good.*'))
      for (const socket of server.clients) socket.send('{"Message":')
      spread(
        '{"message":[104,105],"subject":"good.apple","broker":"test","response_subject":null}',
        'good.apple' as Subject,
      )
    },
    ...endsOf(server),
  }
}

/** A client of an original gateway. Both are closed when the test finishes. */
export async function start(
  options: Partial<ClientOptions> = {},
): Promise<{ client: Client; original: Original; errors: string[] }> {
  const original = await openOriginal()
  const errors: string[] = []
  const onError: ClientOptions['onError'] = ({ code }, { stage }) => errors.push(`${stage} ${code}`)
  const client = createClient({ ...original.settings, dialect: 'classic', onError, ...options } as ClientOptions)
  onTestFinished(async () => {
    client.close()
    await original.close()
  })
  return { client, original, errors }
}

/** Records the subjects of the messages before the one with the data `end`. */
export async function watch(
  client: Client,
  pattern: string,
): Promise<{ ready: Promise<void>; seen: Promise<string[]> }> {
  const subscription = client.subscribe(pattern)
  const seen = (async () => {
    const subjects: string[] = []
    for await (const message of subscription) {
      if (message.data === 'end') break
      subjects.push(message.subject)
    }
    return subjects
  })()
  return { ready: subscription.ready, seen }
}
