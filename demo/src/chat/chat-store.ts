import type { BrokerInfo, Message } from '@wildcast/client'
import { create } from 'zustand'
import { usePage } from '../page.js'
import { isQuestion } from './bot/question.js'
import { type RoomData, readMessage } from './chat-message.js'
import { isOwnMessage } from './identity.js'
import {
  awaits,
  type ChatEntry,
  emptyLog,
  leaveHistory,
  markGap,
  type RoomLog,
  receive,
  type SendState,
  settle,
  without,
} from './room-log.js'
import { roomOf } from './subject.js'
import { hasKept, keepUnsent, keptUnsent } from './unsent.js'

/** Shown even without messages. */
export const firstRooms = ['apple', 'pear', 'plum'] as const

/** Rooms that are listed for a broker: every client may open one. */
export const mostRooms = 50

interface ChatState {
  /** By broker and name: see `roomKey`. */
  readonly rooms: Readonly<Record<string, RoomLog>>
  /** Unsent texts, by room. */
  readonly drafts: Readonly<Record<string, string>>
  /** The relay's brokers, its default first. Those of the last visit until it is connected. */
  readonly brokers: readonly string[]
  /** The features of each broker. Empty until the first connection. */
  readonly features: Readonly<Record<string, readonly string[]>>
}

const kept = keptUnsent()

/** The messages of all rooms on all brokers. */
export const useChatStore = create<ChatState>()(() => ({
  rooms: kept.rooms,
  drafts: kept.drafts,
  brokers: kept.brokers,
  features: {},
}))

/** The key of a room: brokers and rooms have no spaces in their names. */
export function roomKey(broker: string, room: string): string {
  return `${broker} ${room}`
}

/** The broker and the name of a room. */
export function splitRoomKey(key: string): readonly [broker: string, room: string] {
  const end = key.indexOf(' ')
  return [key.slice(0, end), key.slice(end + 1)]
}

/** The keys of a broker's rooms, among those of a record. */
export function roomsOf(broker: string, rooms: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(rooms).filter((key) => key.startsWith(`${broker} `))
}

/** The broker of the open room. Empty until the first connection: the relay's default. */
export function chatBroker({ brokers }: ChatState, chosen: string | undefined): string {
  return brokers.find((name) => name === chosen) ?? brokers[0] ?? ''
}

/** The key of the open room. */
export function openRoomKey(): string {
  const { broker, room } = usePage.getState()
  return roomKey(chatBroker(useChatStore.getState(), broker), room)
}

/** Whether a room can be seen. */
export function isOnScreen(key: string): boolean {
  return usePage.getState().view === 'chat' && document.visibilityState === 'visible' && key === openRoomKey()
}

/** Takes the relay's list of brokers. Messages that were written before go to its default. */
export function learnBrokers(infos: readonly BrokerInfo[]): void {
  const sorted = infos.toSorted((a, b) => Number(b.default ?? false) - Number(a.default ?? false))
  const brokers = sorted.map(({ name }) => name)
  useChatStore.setState({ features: Object.fromEntries(infos.map(({ name, features }) => [name, features])) })
  const { rooms, drafts, brokers: before } = useChatStore.getState()
  if (brokers.join() === before.join()) return
  const named = <Each>(record: Readonly<Record<string, Each>>): Record<string, Each> =>
    Object.fromEntries(
      Object.entries(record).map(([key, each]) => {
        const [broker, room] = splitRoomKey(key)
        return [roomKey(broker || (brokers[0] ?? ''), room), each]
      }),
    )
  useChatStore.setState({ brokers, rooms: named(rooms), drafts: named(drafts) })
  keepUnsent(useChatStore.getState())
}

/** Changes the log of a room. */
export function changeRoom(key: string, change: (log: RoomLog) => RoomLog): void {
  const { rooms } = useChatStore.getState()
  const before = rooms[key] ?? emptyLog
  const after = change(before)
  if (after !== before) useChatStore.setState({ rooms: { ...rooms, [key]: after } })
}

/** A message of `good.{room}`. */
export type RoomMessage = Message<RoomData, { readonly room: string }>

/**
 * Adds received messages of one broker. Returns the questions to the bot that this page has sent,
 * now that all have received them, with the keys of their rooms.
 */
export function takeMessages(messages: readonly RoomMessage[]): readonly (readonly [key: string, entry: ChatEntry])[] {
  const rooms = { ...useChatStore.getState().rooms }
  const questions: (readonly [key: string, entry: ChatEntry])[] = []
  for (const message of messages) {
    const key = roomKey(message.broker, roomOf(message.subject))
    if (!rooms[key] && roomsOf(message.broker, rooms).length >= mostRooms) continue
    const entry = toEntry(message)
    if (isQuestion(entry.text) && awaits(rooms[key], entry.key)) questions.push([key, entry])
    rooms[key] = receive(rooms[key] ?? emptyLog, entry, isOnScreen(key))
  }
  useChatStore.setState({ rooms })
  if (hasKept()) keepUnsent(useChatStore.getState())
  return questions
}

/** The part of a message that its row needs. */
type Received = Pick<Message<RoomData>, 'data' | 'key' | 'position' | 'receivedAt' | 'replayed' | 'user'>

/** A message that comes from the history was received long after it was sent. */
export function toEntry(message: Received): ChatEntry {
  const { position, receivedAt, replayed, user } = message
  const { id, sentAt, ...content } = readMessage(message.data)
  const at = replayed ? sentAt && Math.min(sentAt, receivedAt) : receivedAt
  const own = position === undefined ? `received-${message.key}` : `kept-${position}`
  return { kind: 'message', key: id ?? own, at, position, isOwn: isOwnMessage(id, user), ...content }
}

let gaps = 0

/** Marks in every room of a broker that messages are missing. */
export function takeGap(broker: string): void {
  const { rooms, brokers } = useChatStore.getState()
  const first = broker === brokers[0] ? firstRooms.map((room) => roomKey(broker, room)) : []
  const keys = new Set([...Object.keys(rooms), ...first])
  const at = Date.now()
  const marked = [...keys].map((key) => {
    const log = rooms[key] ?? emptyLog
    return [key, splitRoomKey(key)[0] === broker ? markGap(log, `gap-${++gaps}`, at) : log]
  })
  useChatStore.setState({ rooms: Object.fromEntries(marked) })
}

/** Shows a message that this page sends. */
export function addPending(key: string, entry: ChatEntry): void {
  changeRoom(key, (log) => ({ ...log, pending: [...log.pending, entry], firstUnread: undefined }))
  keepUnsent(useChatStore.getState())
}

/** Notes the state of a message of this page, in whatever room it is. */
export function noteState(id: string, state: SendState, error?: string): void {
  const { rooms } = useChatStore.getState()
  for (const key of Object.keys(rooms)) changeRoom(key, (log) => settle(log, id, state, error))
  keepUnsent(useChatStore.getState())
}

/** Removes a message that was not sent. */
export function removeUnsent(key: string, id: string): void {
  changeRoom(key, (log) => without(log, id))
  keepUnsent(useChatStore.getState())
}

export function setDraft(key: string, text: string): void {
  useChatStore.setState(({ drafts }) => ({ drafts: { ...drafts, [key]: text } }))
}

/** The open room counts as read while it is on the screen. */
export function markRead(): void {
  const key = openRoomKey()
  if (isOnScreen(key)) changeRoom(key, (log) => (log.unread === 0 ? log : { ...log, unread: 0 }))
}

/** A room that is left no longer shows which of its messages were new, or old ones. */
export function leaveRoom(key: string): void {
  changeRoom(key, (log) => {
    const left = leaveHistory(log)
    return left.unread > 0 || !left.firstUnread ? left : { ...left, firstUnread: undefined }
  })
}

document.addEventListener('visibilitychange', markRead)
// A login loads the page again, too.
addEventListener('pagehide', () => keepUnsent(useChatStore.getState()))
usePage.subscribe(markRead)
