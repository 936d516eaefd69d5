import type { ClientOptions } from '../options.js'
import { outboxOn } from '../outbox/outbox.js'
import { type Connected, start } from './connect.js'
import { welcome } from './scripted-relay.js'

/** A page with a client that has an outbox. */
export interface OutboxPage extends Connected {
  /** Crashes the page: its locks are released, and nothing else runs in it. */
  crash(): void
}

/** Options of a page. */
export interface OutboxPageOptions extends Partial<ClientOptions> {
  readonly name: string
  readonly messages?: number
  readonly bytes?: number
  /** The relay can't be reached. */
  readonly offline?: boolean
  /** Id of the relay process. */
  readonly process?: string
  /** The relay accepts publishes without an answer. */
  readonly mute?: boolean
  /** When the page was opened, in milliseconds since 1970. */
  readonly now?: number
}

/** Opens a page in an iframe. The browser releases its locks when the iframe is removed. */
export function openPage(options: OutboxPageOptions): OutboxPage {
  const { name, messages = 1000, bytes = 1_000_000, offline, process = 'r', mute, now, ...rest } = options
  const frame = document.body.appendChild(document.createElement('iframe'))
  const locks = (frame.contentWindow as Window).navigator.locks
  const connected = start({
    use: [(ports) => outboxOn({ indexedDB, locks }, { name, messages, bytes }, ports)],
    ...rest,
  })
  const { relay, clock } = connected
  if (now !== undefined) clock.set(now)
  relay.obliging = !offline
  relay.answer = ({ kind }) => {
    if (kind === 'Connect') return { ...welcome, relay: process }
    return mute && kind === 'Publish' ? 'nothing' : undefined
  }
  return {
    ...connected,
    crash() {
      relay.obliging = false
      frame.remove()
    },
  }
}

/** Returns the payloads in the database of an outbox, in order. */
export async function keptIn(name: string): Promise<unknown[]> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`wildcast-outbox:${name}`)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const rows = await new Promise<{ content: { message: unknown } }[]>((resolve, reject) => {
    const request = database.transaction('messages').objectStore('messages').getAll()
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  database.close()
  return rows.map(({ content }) => content.message)
}
