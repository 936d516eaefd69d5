import { WildcastError } from '../bridge.js'
import { askLater } from './bot/later.js'
import { isQuestion } from './bot/question.js'
import { changeRoom, splitRoomKey, toEntry, useChatStore } from './chat-store.js'
import { awaits, type Older } from './room-log.js'
import { subjectOf } from './subject.js'

/** Messages of a page. */
const pageSize = 50

/** Reads the newest page of a room, once. Its later messages come with those of all rooms. */
export function readNewest(key: string): void {
  const { older } = useChatStore.getState().rooms[key] ?? {}
  if (older === undefined || older === 'refused') void readPage(key)
}

/** Reads the page before the oldest message. */
export function readOlder(key: string): void {
  const { older } = useChatStore.getState().rooms[key] ?? {}
  if (older === 'some' || older === 'refused') void readPage(key)
}

async function readPage(key: string): Promise<void> {
  const [broker, room] = splitRoomKey(key)
  const before = useChatStore.getState().rooms[key]?.readTo
  note(key, 'loading')
  try {
    const [{ kept }, { addPage }] = await Promise.all([import('../kept.js'), import('./room-history.js')])
    // While offline, it waits for the next connection.
    const how = { broker, before, limit: pageSize, timeoutMs: Number.POSITIVE_INFINITY }
    const { messages, hasMore } = await kept.page(subjectOf(room), how)
    const page = messages.map(toEntry)
    // Such as one that the outbox has sent before the page could receive it.
    const questions = page.filter(
      ({ key: id, text }) => isQuestion(text) && awaits(useChatStore.getState().rooms[key], id),
    )
    changeRoom(key, (log) => addPage(log, page))
    for (const question of questions) void askLater(key, question)
    // A turn later: a screen reader doesn't read aloud what is added while the list is busy.
    setTimeout(() => note(key, hasMore ? 'some' : 'none'))
  } catch (cause) {
    const { code } = WildcastError.from(cause)
    note(key, code === 'unsupported' || code === 'forbidden' ? 'none' : 'refused')
  }
}

const note = (key: string, older: Older): void => changeRoom(key, (log) => ({ ...log, older }))
