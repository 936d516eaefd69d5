import { payloadBytes, WildcastError } from '@wildcast/protocol/client'
import { interrupted } from '../connection/interrupted.js'
import type { PartPorts } from '../part.js'
import { newKey } from '../publishing/key.js'
import type { PublishContent, ReportState } from '../publishing/publish.js'
import type { Undo } from '../time/clock.js'
import type { KeptMessage } from './kept-message.js'
import { type Bounds, MessageStore } from './message-store.js'
import { openDatabase } from './open-database.js'
import { openOutboxNews } from './outbox-news.js'
import { OutboxSender } from './outbox-sender.js'
import { OwnerLocks } from './owner-locks.js'
import { openOwner } from './queue-owner.js'

/** The browser features that an outbox uses. */
export interface Platform {
  readonly indexedDB: IDBFactory
  readonly locks: LockManager
}

/** The name and limits of an outbox. */
export interface OutboxSettings extends Bounds {
  readonly name: string
}

/**
 * Stores a message and sends it in order. Resolves with false if it could not be stored.
 * @throws {WildcastError} `storage_full`
 */
export type Keep = (content: PublishContent, report: ReportState) => Promise<boolean>

/** An outbox of a client. */
export interface OpenOutbox {
  readonly keep: Keep
  /**
   * Resolves with the messages of all pages, in order.
   * @throws {WildcastError} `interrupted` if the outbox is closed
   */
  messages(): Promise<readonly KeptMessage[]>
  /**
   * Deletes the messages with a key, or all. Resolves with their number.
   * @throws {WildcastError} `interrupted` if the outbox is closed
   */
  discard(key: string | undefined): Promise<number>
  /** Calls back after each change by any page, and when the outbox closes. Returns the undo. */
  onChange(listener: () => void): Undo
}

/**
 * Opens an outbox, and takes over the messages of pages that have ended.
 * @throws {WildcastError} `unsupported` if its database has another version
 */
export async function openOutbox(ports: PartPorts, platform: Platform, settings: OutboxSettings): Promise<OpenOutbox> {
  const { clock, connection } = ports
  const name = `wildcast-outbox:${settings.name}`
  const owner = newKey()
  const database = await openDatabase(platform.indexedDB, name, clock)
  const news = openOutboxNews(name, owner, (ids) => sender.discard(ids))
  const store = new MessageStore(database, settings, () => news.send())
  const sender = new OutboxSender(ports, store)
  const fault = (cause: unknown): void => ports.fault(WildcastError.from(cause), 'outbox')
  const locks = new OwnerLocks(platform.locks, `${name}:`)
  const adopt: OutboxSender['adopt'] = (messages) => sender.adopt(messages)
  const { end: release } = await openOwner({ name: owner, store, locks, clock, adopt, fault }).catch((cause) => {
    store.close()
    news.close()
    throw cause
  })

  const end = (): void => {
    release()
    store.close()
    news.close()
  }
  const lose = (): void => {
    end()
    fault(new WildcastError('interrupted', `the database "${name}" was closed or deleted: load the page again`))
  }
  database.onversionchange = lose // another page deletes or upgrades it
  database.onclose = lose
  connection.onStatus(({ state }) => {
    if (state === 'online') sender.send()
    else if (isClosed(connection)) {
      sender.close()
      end()
    }
  })
  if (isClosed(connection)) end()
  const check = (): void => {
    if (store.isClosed) throw interrupted('the outbox is closed')
  }
  return {
    keep: keepIn(store, sender, owner, { ...ports, fault }),
    async messages() {
      check()
      return store.all()
    },
    async discard(key) {
      check()
      const gone = await store.discard(key)
      news.send(gone)
      return gone.length
    },
    onChange: news.onChange,
  }
}

function keepIn(
  store: MessageStore,
  sender: OutboxSender,
  owner: string,
  { clock, connection, fault }: Pick<PartPorts, 'clock' | 'connection'> & { fault(cause: unknown): void },
): Keep {
  let keeping = 0
  return async (content, report) => {
    try {
      const how = { bytes: sizeOf(content), queuedAt: clock.now(), sending: sender.sending(keeping++) }
      const message = { owner, content, ...how }
      const id = await store.add(message)
      if (isClosed(connection))
        report('unknown') // another client will send it
      else sender.accept({ ...message, id }, report)
      return true
    } catch (cause) {
      if (cause instanceof WildcastError && cause.code === 'storage_full') throw cause
      // A message that can't be cloned or counted can't be sent either: the send rejects it.
      if (!store.isClosed && cause instanceof DOMException && cause.name !== 'DataCloneError') fault(cause)
      return false
    } finally {
      keeping--
    }
  }
}

/** Returns the approximate size: the bytes of the payload and the characters of the rest. */
function sizeOf({ message, ...rest }: PublishContent): number {
  return payloadBytes(message).length + JSON.stringify(rest).length
}

/** Whether `close()` was called, which is final. */
function isClosed({ status }: PartPorts['connection']): boolean {
  return status.state === 'closed' && !status.reason
}
