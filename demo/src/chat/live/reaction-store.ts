import { segmentOf } from '@wildcast/contract'
import { create } from 'zustand'
import { emojis } from '../../../contract.js'
import { WildcastError } from '../../bridge.js'
import { keptValues } from '../../kept.js'
import { usePage } from '../../page.js'
import { splitRoomKey, useChatStore } from '../chat-store.js'
import { ownUser } from '../identity.js'
import type { ChatEntry } from '../room-log.js'
import { nameless } from '../send.js'
import { type Emoji, keepUnconfirmed, type Reaction, readUnconfirmed, type Unconfirmed } from './unconfirmed.js'

export type { Emoji } from './unconfirmed.js'

/** The people who have answered a message with one emoji. */
export interface Tally {
  readonly emoji: Emoji
  readonly names: readonly string[]
  readonly isOwn: boolean
}

/** The reactions to one message, by subject. */
type People = ReadonlyMap<string, Reaction>

interface ReactionState {
  /** Those of the open room, by message: see `messageOf`. */
  readonly people: ReadonlyMap<string, People>
  /** Changes of this page that the broker has not confirmed, by subject. */
  readonly own: Readonly<Record<string, Unconfirmed>>
  /** Why a change was refused, by subject. */
  readonly errors: Readonly<Record<string, string>>
}

export const useReactions = create<ReactionState>()(() => ({ people: new Map(), own: readUnconfirmed(), errors: {} }))

/** As long as the messages themselves are kept, in milliseconds. */
const keptMs = 7 * 24 * 3_600_000

/** The subject of a reaction. */
export type ReactionSubject = `reaction.${string}.${string}.${string}`

/**
 * The subject of this person's reaction to a message. Undefined if only this page can name the
 * message.
 */
export function ownSubject(room: string, { key }: ChatEntry): ReactionSubject | undefined {
  const id = key.startsWith('received-') ? undefined : segmentOf(key)
  const user = segmentOf(ownUser())
  return id && user ? `reaction.${splitRoomKey(room)[1]}.${id}.${user}` : undefined
}

/** The part of a subject that all reactions to a message share. */
export const messageOf = (subject: string): string => subject.slice(0, subject.lastIndexOf('.'))

/** Takes the reactions of the open room. */
export function takeReactions(all: Iterable<readonly [subject: string, reaction: Reaction]>): void {
  const people = new Map<string, Map<string, Reaction>>()
  for (const [subject, reaction] of all) {
    const message = messageOf(subject)
    people.set(message, (people.get(message) ?? new Map<string, Reaction>()).set(subject, reaction))
  }
  useReactions.setState({ people })
}

/** The reactions to a message, by emoji. */
export function useTallies(subject: string): readonly Tally[] {
  const confirmed = useReactions(({ people }) => people.get(messageOf(subject)))
  const unconfirmed = useReactions(({ own }) => own[subject])
  if (!confirmed && !unconfirmed) return []
  const people = new Map([...(confirmed ?? []), ...(unconfirmed ? ([[subject, unconfirmed]] as const) : [])])
  return emojis.flatMap((emoji) => {
    const names = [...people.values()].flatMap((each) => (each.emoji.includes(emoji) ? [each.name] : []))
    return names.length > 0 ? [{ emoji, names, isOwn: !!people.get(subject)?.emoji.includes(emoji) }] : []
  })
}

/** Adds or takes back an emoji of this person. It is shown at once. */
export async function toggle(room: string, subject: ReactionSubject, emoji: Emoji): Promise<void> {
  const { people, own, errors } = useReactions.getState()
  const before = (own[subject] ?? people.get(messageOf(subject))?.get(subject))?.emoji ?? []
  const after = before.includes(emoji) ? before.filter((each) => each !== emoji) : [...before, emoji]
  const [broker] = splitRoomKey(room)
  const next: Unconfirmed = { name: usePage.getState().name.trim() || nameless, emoji: after, broker }
  useReactions.setState({ own: { ...own, [subject]: next }, errors: without(errors, subject) })
  await send(subject, next)
}

async function send(subject: string, next: Unconfirmed): Promise<void> {
  try {
    await write(subject, next)
  } catch (cause) {
    const { message } = WildcastError.from(cause)
    useReactions.setState(({ errors }) => ({ errors: { ...errors, [subject]: message } }))
  }
  const { own: now } = useReactions.getState()
  if (now[subject] === next) useReactions.setState({ own: without(now, subject) })
}

async function write(subject: string, { name, emoji, broker }: Unconfirmed): Promise<void> {
  if (!isReaction(subject)) return
  const canExpire = useChatStore.getState().features[broker]?.includes('ttl')
  if (emoji.length === 0) await keptValues.delete(subject, { broker })
  else await keptValues.set(subject, { name, emoji: [...emoji] }, { broker, ...(canExpire && { ttlMs: keptMs }) })
}

const isReaction = (subject: string): subject is ReactionSubject => /^reaction(?:\.[^.]+){3}$/.test(subject)

useReactions.subscribe(({ own }, before) => {
  if (own !== before.own) keepUnconfirmed(own)
})

/** Once the features of the brokers are known, so that a reaction expires if its broker can. */
const stop = useChatStore.subscribe(sendKept)
sendKept(useChatStore.getState())

function sendKept({ features }: { readonly features: Readonly<Record<string, unknown>> }): void {
  if (Object.keys(features).length === 0) return
  stop()
  for (const [subject, next] of Object.entries(useReactions.getState().own)) void send(subject, next)
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  const { [key]: _, ...others } = record
  return others
}
