import type { ComponentType } from 'react'
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

// The part of the chat that is loaded after the first messages are shown. It works without.
const load = (): Promise<typeof import('./live/index.js')> => import('./live/index.js')

/** The people in the room. */
export const Members: ComponentType<RoomProps> = onDemand(async () => (await load()).Members)

/** The people who are writing. */
export const Typing: ComponentType<RoomProps> = onDemand(async () => (await load()).Typing)

/** Keeps the reactions of the room up to date. */
export const ReactionFeed: ComponentType<RoomProps> = onDemand(async () => (await load()).ReactionFeed)

/** The reactions to a message. */
export const Reactions: ComponentType<RowProps> = onDemand(async () => (await load()).Reactions)

/** Why a message has failed, and what to do about it. */
export const Failure: ComponentType<EntryProps> = onDemand(async () => (await load()).Failure)
