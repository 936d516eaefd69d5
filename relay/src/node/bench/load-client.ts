import { type Client, createClient, type Message, type SubscriptionStatus, type WildcastError } from '@wildcast/client'
import { msgpack } from '@wildcast/client/msgpack'
import { WebSocket } from 'ws'
import { defined } from '../config/schema/defined.js'
import { type LoadPlan, placeOf } from './load-plan.js'

/** A client of a bench. */
export interface LoadClient {
  readonly client: Client
  /** The subject to which it publishes. */
  readonly subject: string
  /** Resolves when it is connected, and subscribed if it subscribes. Rejects if it is refused. */
  readonly ready: Promise<void>
}

/** Handlers of a client's events. */
export interface LoadClientEvents {
  received(message: Message): void
  failed(error: WildcastError): void
}

/** Opens the client of this number. */
export function loadClient(number: number, plan: LoadPlan, { received, failed }: LoadClientEvents): LoadClient {
  const { url, broker, token, codec } = plan
  const { subject, subscribes } = placeOf(number, plan)
  const options = { url, WebSocket, onError: failed, ...defined({ broker, token }) }
  const client = createClient(codec === 'msgpack' ? { ...options, codec: msgpack } : options)
  const ready = new Promise<void>((resolve, reject) => {
    client.onStatus((status) => {
      if (status.state === 'online' && !subscribes) resolve()
      if (status.state === 'closed' && status.reason) reject(status.reason)
    })
    const onStatus = (status: SubscriptionStatus): void => {
      if (status === 'ready') resolve()
    }
    if (subscribes) client.subscribe(subject, received, { onStatus, onError: reject })
  })
  return { client, subject, ready }
}
