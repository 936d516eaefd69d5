import { useEffect } from 'react'
import { usePage } from '../page.js'
import { ViewHeader } from '../shell/view-header.js'
import { onDemand } from '../ui/on-demand.js'
import { readNewest } from './chat-history.js'
import { leaveRoom, markRead, useChatStore } from './chat-store.js'
import { Composer } from './composer.js'
import { Conversation } from './conversation.js'
import { healthKey, useHealth } from './health.js'
import { Members, Offline, ReactionFeed, RoomHealth, Typing } from './live-parts.js'
import { RoomName } from './room-name.js'
import { vault } from './subject.js'
import { useChatBroker, useOpenRoom } from './use-rooms.js'

const nothing = () => <div className="flex-1" />
const EmptyRoom = onDemand(async () => (await import('./empty-room.js')).EmptyRoom, nothing)
const LockedRoom = onDemand(async () => (await import('./locked-room.js')).LockedRoom, nothing)

/** The open room. */
export function Chat() {
  const [key, log] = useOpenRoom()
  const room = usePage((page) => page.room)
  const broker = useChatBroker()
  const hasBrokers = useChatStore(({ brokers }) => brokers.length > 1)
  useEffect(() => {
    markRead()
    return () => leaveRoom(key)
  }, [key])
  // Only then is no message between the page and those that follow.
  const health = useHealth((all) => all[healthKey(broker, room)])
  const isFollowed = ['live', 'gap'].includes(health?.continuity ?? '')
  const refusal = room === vault ? health?.error : undefined
  useEffect(() => {
    if (isFollowed) readNewest(key)
  }, [isFollowed, key])
  return (
    <section aria-label="Room" className="flex min-h-0 flex-1 flex-col">
      <ViewHeader title={<RoomTitle room={room} />} note={hasBrokers && `on ${broker}`}>
        <RoomHealth broker={broker} />
        <Members key={key} room={key} />
      </ViewHeader>
      <ReactionFeed key={`${key} reactions`} room={key} />
      {refusal !== undefined ? (
        <LockedRoom reason={refusal} />
      ) : log.entries.length + log.pending.length > 0 ? (
        <Conversation key={key} room={key} log={log} />
      ) : (
        <EmptyRoom room={room} broker={broker} isRead={log.older !== undefined && log.older !== 'loading'} />
      )}
      <p aria-live="polite" className="mx-auto min-h-6 w-full max-w-4xl truncate px-4 pb-1 text-quiet text-xs md:px-6">
        <Typing key={`${key} typing`} room={key} />
      </p>
      <Offline count={log.pending.length} />
      {refusal === undefined && <Composer key={`${room} composer`} room={key} />}
    </section>
  )
}

function RoomTitle({ room }: { readonly room: string }) {
  return (
    <span className="font-mono text-base">
      <RoomName room={room} />
    </span>
  )
}
