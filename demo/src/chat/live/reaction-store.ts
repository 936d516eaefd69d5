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

export type Emoji = (typeof emojis)[number]

/** The people who have answered a message with one emoji. */
export interface Tally {
  readonly emoji: Emoji
  readonly names: readonly string[]
  readonly isOwn: boolean
}

/** The reactions of one person to one message. */
export interface Reaction {
  readonly name: string
  readonly emoji: readonly Emoji[]
}

/** The reactions to one message, by subject. */
type People = ReadonlyMap<string, Reaction>

interface ReactionState {
  /** Those of the open room, by message: see `messageOf`. */
  readonly people: ReadonlyMap<string, People>
  /** Changes of this page that the broker has not confirmed, by subject. */
  readonly own: Readonly<Record<string, Reaction>>
  /** Why a change was refused, by subject. */
  readonly errors: Readonly<Record<string, string>>
}

export const useReactions = create<ReactionState>()(() => ({ people: new Map(), own: {}, errors: {} }))

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
  const next: Reaction = { name: usePage.getState().name.trim() || nameless, emoji: after }
  useReactions.setState({ own: { ...own, [subject]: next }, errors: without(errors, subject) })
  try {
    await write(splitRoomKey(room)[0], subject, next)
  } catch (cause) {
    const { message } = WildcastError.from(cause)
    useReactions.setState(({ errors }) => ({ errors: { ...errors, [subject]: message } }))
  }
  const { own: now } = useReactions.getState()
  if (now[subject] === next) useReactions.setState({ own: without(now, subject) })
}

async function write(broker: string, subject: ReactionSubject, next: Reaction): Promise<void> {
  const canExpire = useChatStore.getState().features[broker]?.includes('ttl')
  if (next.emoji.length === 0) await keptValues.delete(subject, { broker })
  else
    await keptValues.set(subject, { ...next, emoji: [...next.emoji] }, { broker, ...(canExpire && { ttlMs: keptMs }) })
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  const { [key]: _, ...others } = record
  return others
}
