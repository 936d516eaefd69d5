import type { ClientClock, Undo } from '../time/clock.js'
import { openTimer } from '../time/timer.js'
import type { KeptMessage } from './kept-message.js'
import type { MessageStore } from './message-store.js'
import type { OwnerLocks } from './owner-locks.js'

/** The functions that an owner of messages uses. */
export interface OwnerPorts {
  /** The name of the owner, which is unique. */
  readonly name: string
  readonly store: Pick<MessageStore, 'owners' | 'take'>
  readonly locks: OwnerLocks
  readonly clock: ClientClock
  /** Accepts the messages of an owner that has ended. */
  adopt(messages: readonly KeptMessage[]): void
  fault(cause: unknown): void
}

/** The owner of messages: the client that sends them as long as it lives. */
export interface QueueOwner {
  /** Releases the messages to other owners. */
  end: Undo
}

/** How often to look for messages of other pages, in milliseconds. */
const lookEveryMs = 30_000

/**
 * Opens an owner, which takes over the messages of owners that have ended or end later.
 */
export async function openOwner({ name, store, locks, clock, adopt, fault }: OwnerPorts): Promise<QueueOwner> {
  const release = await locks.hold(name)
  const timer = openTimer(clock)
  let isOver = false
  const others = async (): Promise<string[]> => (await store.owners()).filter((other) => other !== name)
  const take = async (other: string): Promise<void> => adopt(await store.take(other, name))
  const look = async (): Promise<void> => {
    for (const other of await others()) locks.watch(other, () => take(other).catch(fault))
    if (!isOver) timer.set(lookEveryMs, () => void look().catch(fault))
  }

  // Takes all messages before it sends the first, since they are sent in order.
  const left: KeptMessage[] = []
  for (const other of await others())
    await locks.ifEnded(other, async () => void left.push(...(await store.take(other, name))))
  adopt(left)
  await look()
  return {
    end() {
      isOver = true
      timer.stop()
      locks.close()
      release()
    },
  }
}
