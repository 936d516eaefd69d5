import { client, onPublishState } from '../bridge.js'
import { usePage } from '../page.js'
import { addPending, noteState, openRoomKey, splitRoomKey, useChatStore } from './chat-store.js'
import { newMessageId } from './identity.js'
import type { ChatEntry, SendState } from './room-log.js'
import { subjectOf } from './subject.js'

/** The name of a person who has not given one. */
export const nameless = 'Guest'

/** Sends a text to the open room. It is shown at once, with its state. */
export function sendText(text: string): void {
  const { name } = usePage.getState()
  const from = name.trim() || nameless
  const entry: ChatEntry = {
    kind: 'message',
    key: newMessageId(),
    isOwn: true,
    from,
    text,
    at: Date.now(),
    state: client.status.state === 'online' ? 'sending' : 'waiting',
  }
  const key = openRoomKey()
  addPending(key, entry)
  publish(key, entry)
}

/** Sends a message again whose outcome is unknown, or that was refused. */
export function sendAgain(room: string, entry: ChatEntry): void {
  noteState(entry.key, client.status.state === 'online' ? 'sending' : 'waiting')
  publish(room, entry)
}

/** Publishes under the message's own key, so that the relay executes a second publish once. */
function publish(key: string, { key: id, from = nameless, text, at = Date.now() }: ChatEntry): void {
  const [broker, room] = splitRoomKey(key)
  const publication = client.publish(subjectOf(room), { from, text, id, at }, { broker: broker || undefined, key: id })
  publication.then(
    (outcome) => noteState(id, states[outcome]),
    (error: Error) => noteState(id, 'refused', error.message),
  )
}

const states = {
  sent: 'sending',
  confirmed: 'sent',
  rejected: 'refused',
  unknown: 'unknown',
} as const satisfies Record<string, SendState>

// Also what the outbox sends for the page before a reload.
onPublishState((key, state, error) => noteState(key, states[state], error?.message))

/** Time for the outbox to send what was left by the page before, in milliseconds. */
const patienceMs = 15_000

/**
 * The outbox does not report which messages of an earlier page have failed: those without an
 * outcome a while after the first connection are unknown. A later outcome replaces that.
 */
const left = Object.values(useChatStore.getState().rooms).flatMap(({ pending }) => pending)
const stop = client.onStatus(({ state }) => {
  if (state !== 'online') return
  stop()
  setTimeout(() => {
    for (const { key } of left) noteState(key, 'unknown')
  }, patienceMs)
})
