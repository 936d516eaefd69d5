import { useConnection } from '../bridge.js'
import { Button } from '../ui/button.js'
import { CurlHint, Empty } from '../ui/empty.js'
import { useChatStore } from './chat-store.js'
import { healthKey, useHealth } from './health.js'
import { sendText } from './send.js'
import { subjectOf } from './subject.js'

interface EmptyRoomProps {
  readonly room: string
  readonly broker: string
  /** Whether the newest page was read, or refused. */
  readonly isRead: boolean
}

/** A room without messages, and ways to write the first one. */
export function EmptyRoom({ room, broker, isRead }: EmptyRoomProps) {
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
