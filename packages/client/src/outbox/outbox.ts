import { type ErrorCode, WildcastError } from '@wildcast/protocol/client'
import { checkNumber } from '../app/number-option.js'
import type { ClientPart, PartPorts } from '../part.js'
import { newKey } from '../publishing/key.js'
import type { PublishContent, ReportState, SendPublish } from '../publishing/publish.js'
import { type OutboxSettings, openOutbox, type Platform } from './open-outbox.js'
import { setOutbox } from './outboxes.js'

const missing =
  'no IndexedDB or no Web Locks: serve the page over HTTPS or from localhost; a reload loses messages that wait'

/** Options of `outbox`. */
export interface OutboxOptions {
  /**
   * Clients of one origin with the same name share their messages. Use a different name for each
   * user of a page.
   * @default the client's `url`
   */
  readonly name?: string | undefined
  /** How many messages may wait. Further ones are rejected with `storage_full`. @default 1000 */
  readonly messages?: number | undefined
  /** How many bytes they may have, with headers and subjects. @default 8 MiB */
  readonly bytes?: number | undefined
}

/**
 * Creates a part of a client that stores each publish in IndexedDB until its outcome is known, so
 * that a reload or a crash of the page loses nothing. Each publish gets a key.
 *
 * Without IndexedDB and Web Locks, as in Node or on a page without HTTPS, the client publishes
 * without an outbox, and calls `onError` once with the stage `outbox`.
 * @throws {TypeError} if `messages` or `bytes` isn't a number
 * @throws {RangeError} if `messages` or `bytes` is not above 0
 * @example
 * const client = createClient({ url: '/ws', use: [outbox({ name: 'alice' })] })
 * await client.publish('good.apple', { price: 3 })
 */
export function outbox(options: OutboxOptions = {}): ClientPart {
  const { name, messages = 1000, bytes = 8 * 1024 * 1024 } = options
  const bounds = { messages: checkNumber('messages', messages), bytes: checkNumber('bytes', bytes) }
  return (ports) => {
    const { indexedDB, navigator } = globalThis
    const settings = { name: name ?? ports.url, ...bounds }
    return outboxOn({ indexedDB, locks: navigator?.locks }, settings, ports)
  }
}

/** Publishes through an outbox, or without one if the platform lacks a feature. */
export function outboxOn(platform: Partial<Platform>, settings: OutboxSettings, ports: PartPorts): SendPublish {
  const { connection, publish } = ports
  let isUsable = true
  /** Reports once why the outbox is unavailable. */
  const giveUp = (error: WildcastError): undefined => {
    if (isUsable) ports.fault(error, 'outbox')
    isUsable = false
  }
  const { indexedDB, locks } = platform
  const isSupported = indexedDB && locks
  const opening = isSupported
    ? openOutbox(ports, { indexedDB, locks }, settings).catch((cause) => Promise.reject(toError(cause)))
    : Promise.reject(new WildcastError('unsupported', missing))
  setOutbox(connection, opening)
  // Without the features, the first publish reports it: a server that renders a page makes none.
  const outbox = opening.catch((error) => isSupported && giveUp(error))

  const add = async (content: PublishContent, report: ReportState): Promise<void> => {
    const open = await outbox
    try {
      if (open && (await open.keep(content, report))) return
      publish(content, report)
    } catch (cause) {
      report('rejected', cause)
    }
  }

  return (content, report) => {
    if (!isSupported) giveUp(new WildcastError('unsupported', missing))
    if (!isUsable || connection.status.state === 'closed') return publish(content, report)
    const key = content.key ?? newKey()
    void add({ ...content, key }, report)
    return key
  }
}

function toError(cause: unknown): WildcastError {
  const { code, message, retry } = WildcastError.from(cause)
  return new WildcastError(code as ErrorCode, `${message}; until then a reload loses the messages that wait`, {
    cause,
    retry,
  })
}
