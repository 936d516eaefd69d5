import { useAccount } from '../account/account.js'
import { usePage } from '../page.js'
import { brokerColor } from '../ui/colors.js'
import { Icon } from '../ui/icon.js'
import { onDemand } from '../ui/on-demand.js'
import { splitRoomKey, useChatStore } from './chat-store.js'
import { RoomName } from './room-name.js'
import { vault } from './subject.js'
import { useOpenKey, useRoomKeys, useUnread } from './use-rooms.js'

interface Choosing {
  readonly onChoose?: (() => void) | undefined
}

const NewRoom = onDemand(async () => (await import('./new-room.js')).NewRoom)

/** The rooms of the chat, on all brokers. All share one connection. */
export function RoomList({ onChoose }: Choosing) {
  const keys = useRoomKeys()
  return (
    <section aria-label="Rooms" className="flex flex-col gap-1">
      <h2 className="px-2 font-medium text-quiet text-xs">Rooms</h2>
      <ul className="flex flex-col gap-0.5">
        {keys.map((key) => (
          <RoomLink key={key} room={key} onChoose={onChoose} />
        ))}
      </ul>
      <div className="min-h-8 touch:min-h-11">
        <NewRoom onChoose={onChoose} />
      </div>
    </section>
  )
}

interface RoomLinkProps extends Choosing {
  /** The key of the room. */
  readonly room: string
}

function RoomLink({ room: key, onChoose }: RoomLinkProps) {
  const { view, enter } = usePage()
  const isOpen = useOpenKey() === key
  const isDefault = useChatStore(({ brokers }) => brokers[0] === splitRoomKey(key)[0])
  const unread = useUnread(key)
  const [broker, name] = splitRoomKey(key)
  const open = (): void => {
    enter(name, broker)
    onChoose?.()
  }
  return (
    <li>
      <button
        type="button"
        aria-current={isOpen && view === 'chat' ? 'true' : undefined}
        onClick={open}
        className={`flex min-h-8 w-full items-center gap-2 rounded-lg px-2 text-left font-mono text-sm
          transition-colors hover:bg-raised hover:text-text aria-[current]:bg-raised aria-[current]:text-text
          touch:min-h-11 touch:text-sm ${unread > 0 ? 'font-medium text-text' : 'text-quiet'}`}
      >
        <RoomName room={name} />
        {name === vault && <VaultMark />}
        <span className="ml-auto flex shrink-0 items-center gap-2">
          {!isDefault && broker && <BrokerMark name={broker} />}
          {unread > 0 && (
            <span
              className="min-w-5 rounded-full bg-brand-deep px-1.5 text-center font-medium font-sans
                text-micro text-on-brand"
            >
              {unread > 99 ? '99+' : unread}
              <span className="sr-only"> unread</span>
            </span>
          )}
        </span>
      </button>
    </li>
  )
}

/** The vault is locked for all but managers. */
function VaultMark() {
  const isManager = useAccount(({ account }) => account?.team === 'manager')
  if (isManager) return null
  return (
    <span className="text-quiet" title="For managers">
      <Icon name="lock" className="size-3.5" />
      <span className="sr-only"> for managers</span>
    </span>
  )
}

/** The broker of a room that is not on the default one. */
function BrokerMark({ name }: { readonly name: string }) {
  return (
    <span className="flex max-w-20 items-center gap-1.5 font-normal text-quiet text-xs">
      <span className="size-1.5 shrink-0 rounded-full" style={{ background: `var(${brokerColor(name)})` }} />
      <span className="sr-only">on </span>
      <span className="truncate">{name}</span>
    </span>
  )
}
