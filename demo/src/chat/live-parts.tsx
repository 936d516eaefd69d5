import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'
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

/** The part of the chat that is loaded after the first messages are shown. It works without. */
interface Live {
  readonly Members: ComponentType<RoomProps>
  readonly Typing: ComponentType<RoomProps>
  readonly ReactionFeed: ComponentType<RoomProps>
  readonly Reactions: ComponentType<RowProps>
  readonly Failure: ComponentType<EntryProps>
}

const nothing = (): null => null
const noLive: Live = { Members: nothing, Typing: nothing, ReactionFeed: nothing, Reactions: nothing, Failure: nothing }
const load = (): Promise<Live> => import('./live/index.js').catch(() => noLive)

const LateMembers = lazy(async () => ({ default: (await load()).Members }))
const LateTyping = lazy(async () => ({ default: (await load()).Typing }))
const LateReactionFeed = lazy(async () => ({ default: (await load()).ReactionFeed }))
const LateReactions = lazy(async () => ({ default: (await load()).Reactions }))
const LateFailure = lazy(async () => ({ default: (await load()).Failure }))

const later = (part: ReactNode): ReactNode => <Suspense>{part}</Suspense>

/** The people in the room. */
export const Members = (props: RoomProps): ReactNode => later(<LateMembers {...props} />)

/** The people who are writing. */
export const Typing = (props: RoomProps): ReactNode => later(<LateTyping {...props} />)

/** Keeps the reactions of the room up to date. */
export const ReactionFeed = (props: RoomProps): ReactNode => later(<LateReactionFeed {...props} />)

/** The reactions to a message. */
export const Reactions = (props: RowProps): ReactNode => later(<LateReactions {...props} />)

/** Why a message has failed, and what to do about it. */
export const Failure = (props: EntryProps): ReactNode => later(<LateFailure {...props} />)
