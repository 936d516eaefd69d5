import type { ComponentProps, ComponentType } from 'react'
import { onDemand } from '../ui/on-demand.js'
import type { ChatEntry } from './room-log.js'

interface RoomProps {
  /** The key of the room. */
  readonly room: string
}

interface EntryProps extends RoomProps {
  readonly entry: ChatEntry
}

interface RowProps extends EntryProps {
  /** The newest message. */
  readonly isLast: boolean
}

type Parts = typeof import('./live/index.js')
type Live<Name extends 'RoomHealth' | 'OlderMessages' | 'Offline'> = ComponentType<ComponentProps<Parts[Name]>>

// The part of the chat that is loaded after the first messages are shown. It works without.
const load = (): Promise<Parts> => import('./live/index.js')

/** The people in the room. */
export const Members: ComponentType<RoomProps> = onDemand(async () => (await load()).Members)

/** The people who are writing. */
export const Typing: ComponentType<RoomProps> = onDemand(async () => (await load()).Typing)

/** Keeps the reactions of the room up to date. */
export const ReactionFeed: ComponentType<RoomProps> = onDemand(async () => (await load()).ReactionFeed)

/** The reactions to a message. */
export const Reactions: ComponentType<RowProps> = onDemand(async () => (await load()).Reactions)

/** How complete the messages of a broker are. */
export const RoomHealth: Live<'RoomHealth'> = onDemand(async () => (await load()).RoomHealth)

/** A way to read the page before the first message. */
export const OlderMessages: Live<'OlderMessages'> = onDemand(async () => (await load()).OlderMessages)

/** A note while there is no connection. */
export const Offline: Live<'Offline'> = onDemand(async () => (await load()).Offline)

/** Why a message has failed, and what to do about it. */
export const Failure: ComponentType<EntryProps> = onDemand(async () => (await load()).Failure)
