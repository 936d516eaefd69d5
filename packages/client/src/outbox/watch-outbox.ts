import { WildcastError } from '@wildcast/protocol/client'
import { openAppListeners } from '../app/app-listeners.js'
import type { ClientCore } from '../client-core.js'
import { ReceivedMessage } from '../messages/message.js'
import { portsOf } from '../scope-ports.js'
import type { Undo } from '../time/clock.js'
import type { KeptMessage } from './kept-message.js'
import type { OpenOutbox } from './open-outbox.js'
import { outboxOf } from './outboxes.js'

/** A message that an outbox keeps, since its outcome is not known. */
export interface OutboxMessage {
  /** Unique in its outbox, and ascending in the order of the publishes. */
  readonly id: number
  /** The key of the publish: `publication.key`. */
  readonly key: string
  readonly subject: string
  /** The broker that the publish has named. */
  readonly broker: string | undefined
  /** When it was published: milliseconds since 1970. */
  readonly queuedAt: number
  /**
   * `waiting`: it was certainly not sent. `sent`: it may have been sent, and awaits the relay's
   * answer.
   */
  readonly state: 'waiting' | 'sent'
  /** The payload as JSON if it can be parsed, else as text, else as bytes. */
  readonly data: unknown
}

/** The messages of an outbox, kept up to date. */
export interface WatchedOutbox {
  /**
   * The messages of all pages with this outbox, in the order of the publishes: another array after
   * each change, the same one in between. A message is the same object until its state changes.
   */
  readonly messages: readonly OutboxMessage[]
  /** Why the messages can't be kept or read. */
  readonly error: WildcastError | undefined
  /** Connects now instead of after the wait, as `client.reconnect()` does. */
  retry(): void
  /**
   * Deletes the messages with a key, of any page. The publish of one that was not sent rejects with
   * an `AbortError`; of one that may have been sent, it is `unknown`. Resolves with the number of
   * messages.
   */
  discard(key: string): Promise<number>
  /** Deletes all messages, of all pages. Resolves with their number. */
  discardAll(): Promise<number>
  /** Calls back after each change of `messages` or `error`. Returns the undo. */
  onChange(listener: () => void): Undo
  /** Stops. The last messages stay readable. */
  stop(): void
}

/**
 * Watches the messages that a client's outbox keeps, also those that other pages publish. A client
 * without an outbox has no messages.
 * @throws {TypeError} if it isn't a client
 * @example
 * const kept = watchOutbox(client)
 * kept.onChange(() => console.log(kept.messages.length, 'not sent yet'))
 */
export function watchOutbox(client: ClientCore): WatchedOutbox {
  const listeners = openAppListeners<void>(() => portsOf(client).ports.call)
  const outbox = outboxOf(client)
  let messages: readonly OutboxMessage[] = []
  let error: WildcastError | undefined
  const stop = follow(client, outbox, (kept, failure) => {
    const known = new Map(messages.map((message) => [message.id, message]))
    messages = kept.map((one) => shown(one, known.get(one.id)))
    error = failure
    listeners.notify()
  })
  const discard = async (key: string | undefined): Promise<number> => (await outbox)?.discard(key) ?? 0
  return {
    get messages() {
      return messages
    },
    get error() {
      return error
    },
    retry: () => client.reconnect(),
    discard,
    discardAll: () => discard(undefined),
    onChange: listeners.add,
    stop() {
      stop()
      listeners.clear()
    },
  }
}

/** Calls back with the messages of a client's outbox, now and after each change. */
function follow(
  client: ClientCore,
  outbox: Promise<OpenOutbox> | undefined,
  take: (kept: readonly KeptMessage[], failure: WildcastError | undefined) => void,
): Undo {
  let isStopped = false
  let isReading = false
  let isOutdated = false
  let undo: Undo | undefined

  const read = async (): Promise<void> => {
    try {
      const kept = await (await outbox)?.messages()
      if (!isStopped) take(kept ?? [], undefined)
    } catch (cause) {
      const isClosed = client.status.state === 'closed' && !client.status.reason
      if (!isStopped) take([], isClosed ? undefined : WildcastError.from(cause))
    }
  }
  /** Reads again until nothing has changed meanwhile, once for all changes during a read. */
  const update = async (): Promise<void> => {
    isOutdated = true
    if (isReading) return
    isReading = true
    while (isOutdated && !isStopped) {
      isOutdated = false
      await read()
    }
    isReading = false
  }
  const begin = async (): Promise<void> => {
    const open = await outbox?.catch(() => undefined) // `read` gets the error
    if (isStopped) return
    undo = open?.onChange(() => void update())
    await update()
  }
  if (outbox !== undefined) void begin()
  return () => {
    isStopped = true
    undo?.()
  }
}

function shown({ id, content, queuedAt, sending }: KeptMessage, known: OutboxMessage | undefined): OutboxMessage {
  const { key = '', subject, broker, message } = content
  const state = sending ? 'sent' : 'waiting'
  if (known?.state === state) return known
  const received = new ReceivedMessage({ kind: 'Message', subject, message, broker: broker ?? '' }, subject, queuedAt)
  return {
    ...{ id, key, subject, broker, queuedAt, state },
    get data() {
      return received.data
    },
  }
}
