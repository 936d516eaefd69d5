import type { ClientFrame, MessageFrame, RelayFrame } from '@wildcast/protocol'
import type { ClientOptions } from '../options.js'
import { type Connected, connect } from './connect.js'
import { settle } from './fake-clock.js'
import { welcome } from './scripted-relay.js'

/** A client, and a relay that keeps the messages of one subject. */
export interface HistoryRelay extends Connected {
  /** Writes messages as another client does. */
  write(...texts: readonly string[]): void
  /** Whether pages are answered. @default true */
  isPrompt: boolean
  /** Loses the connection and the session, writes messages meanwhile, and is back. */
  reconnect(...texts: readonly string[]): Promise<void>
}

type Subscribe = Extract<ClientFrame, { readonly kind: 'Subscribe' }>

/** Creates a client that is online, at a relay that keeps the messages of one subject. */
export async function connectToHistory(subject: string, options: Partial<ClientOptions> = {}): Promise<HistoryRelay> {
  const connected = await connect(options)
  const { relay, clock, client } = connected
  const kept: MessageFrame[] = []
  const id = 1
  let isSubscribed = false
  const send = (frame: RelayFrame): void => {
    if (relay.link.closedWith === 'open') relay.link.send(frame)
  }
  const subscribe = ({ ref = 0, snapshot, after, before = '~', last, limit }: Subscribe): void => {
    if (snapshot && !one.isPrompt) return
    const later = kept.filter(({ position = '' }) => position > (after ?? '') && position < before)
    const count = limit ?? last ?? kept.length
    const page = after === undefined && (limit ?? last) === undefined ? [] : later
    const shown = after === undefined ? page.slice(-count) : page.slice(0, count)
    const own = snapshot ? undefined : id
    const recovered = after === undefined ? undefined : true
    const position = kept.at(-1)?.position ?? '0'
    send({ kind: 'Subscribed', ref, id: own, subject, position, recovered, whole: true })
    for (const frame of shown) send({ ...frame, ref, id: own, replayed: true })
    send({ kind: 'Synced', ref, id: own })
    isSubscribed ||= !snapshot
  }
  relay.answer = (frame) => {
    if (frame.kind === 'Connect') isSubscribed = false
    if (frame.kind === 'Connect') return welcome
    if (frame.kind !== 'Subscribe') return undefined
    queueMicrotask(() => subscribe(frame))
    return 'nothing'
  }
  const one: HistoryRelay = {
    ...connected,
    isPrompt: true,
    write(...texts) {
      for (const message of texts) {
        const position = `t-${String(kept.length + 1).padStart(6, '0')}`
        const frame: MessageFrame = { kind: 'Message', subject, message, position, broker: 'test' }
        kept.push(frame)
        if (isSubscribed) send({ ...frame, id })
      }
    },
    async reconnect(...texts) {
      relay.link.drop()
      isSubscribed = false
      one.write(...texts)
      do await clock.advance(250)
      while (client.status.state !== 'online')
      await settle()
    },
  }
  return one
}
