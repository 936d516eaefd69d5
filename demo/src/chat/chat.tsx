import { useEffect } from 'react'
import { useConnection } from '../bridge.js'
import { usePage } from '../page.js'
import { ViewHeader } from '../shell/view-header.js'
import { Button } from '../ui/button.js'
import { CurlHint, Empty } from '../ui/empty.js'
import { onDemand } from '../ui/on-demand.js'
import { healthKey, useHealth } from './chat-feeds.js'
import { readNewest } from './chat-history.js'
import { leaveRoom, markRead, useChatStore } from './chat-store.js'
import { Composer } from './composer.js'
import { Conversation } from './conversation.js'
import { Members, ReactionFeed, Typing } from './live-parts.js'
import { RoomHealth } from './room-health.js'
import type { RoomLog } from './room-log.js'
import { RoomName } from './room-name.js'
import { sendText } from './send.js'
import { subjectOf, vault } from './subject.js'
import { useChatBroker, useOpenRoom } from './use-rooms.js'

const LockedRoom = onDemand(
  async () => (await import('./locked-room.js')).LockedRoom,
  () => <div className="flex-1" />,
)

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
      <p
        aria-live="polite"
        className="mx-auto min-h-6 w-full max-w-4xl truncate px-4 pb-1 text-quiet text-xs leading-5 md:px-7"
      >
        <Typing key={`${key} typing`} room={key} />
      </p>
      <Offline log={log} />
      {refusal === undefined && <Composer key={`${room} composer`} room={key} />}
    </section>
  )
}

function RoomTitle({ room }: { readonly room: string }) {
  return (
    <span className="font-mono text-[0.9375rem]">
      <RoomName room={room} />
    </span>
  )
}

interface EmptyRoomProps {
  readonly room: string
  readonly broker: string
  /** Whether the newest page was read, or refused. */
  readonly isRead: boolean
}

function EmptyRoom({ room, broker, isRead }: EmptyRoomProps) {
  const { state } = useConnection()
  const health = useHealth((all) => all[healthKey(broker, room)])
  const isDefault = useChatStore(({ brokers }) => brokers[0] === broker)
  if (health?.error) return <Empty title="This room can’t be read">{health.error}</Empty>
  if (!isRead && state === 'online' && health?.continuity !== 'stale') return <div className="flex-1" />
  return (
    <Empty icon="chat" title="No messages yet">
      Write one below, open this page in a second window, or publish from a terminal:
      <CurlHint subject={subjectOf(room)} broker={isDefault ? undefined : broker} />
      <span className="mt-4 flex justify-center">
        <Button icon="chat" onClick={() => sendText('@bot how much is an apple?')}>
          Ask the bot: how much is an apple?
        </Button>
      </span>
    </Empty>
  )
}

/** Shown above the input while there is no connection. */
function Offline({ log }: { readonly log: RoomLog }) {
  const { state } = useConnection()
  if (state === 'online' || (state === 'connecting' && log.pending.length === 0)) return null
  const count = log.pending.length
  const kept = count === 1 ? 'One message is' : `${count} messages are`
  return (
    <p className="mx-auto w-full max-w-4xl px-4 pb-2 text-warn text-xs md:px-7">
      {count === 0
        ? 'You are offline. Write all the same: messages are kept, and sent when the connection is back.'
        : `${kept} kept here, and sent when the connection is back. A reload loses nothing.`}
    </p>
  )
}
