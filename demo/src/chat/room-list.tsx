import { useAccount } from '../account/account.js'
import { usePage } from '../page.js'
import { brokerColor } from '../ui/colors.js'
import { Icon } from '../ui/icon.js'
import { useChatStore } from './chat-store.js'
import { NewRoom } from './new-room.js'
import { RoomName } from './room-name.js'
import { vault } from './subject.js'
import { useChatBroker, useRoomNames, useUnread, useUnreadTotal } from './use-rooms.js'

/** The rooms of the chat, and the broker that carries them. */
export function RoomList({ onChoose }: { readonly onChoose?: (() => void) | undefined }) {
  const broker = useChatBroker()
  const names = useRoomNames(broker)
  return (
    <section aria-label="Rooms" className="flex flex-col gap-1">
      <h2 className="px-2 font-medium text-quiet text-xs">Rooms</h2>
      <BrokerChoice />
      <ul className="flex flex-col gap-0.5">
        {names.map((name) => (
          <RoomLink key={name} broker={broker} name={name} onChoose={onChoose} />
        ))}
      </ul>
      <NewRoom onChoose={onChoose} />
    </section>
  )
}

interface RoomLinkProps {
  readonly broker: string
  readonly name: string
  readonly onChoose?: (() => void) | undefined
}

function RoomLink({ broker, name, onChoose }: RoomLinkProps) {
  const { room, view, enter, show } = usePage()
  const unread = useUnread(broker, name)
  const open = (): void => {
    enter(name)
    show('chat')
    onChoose?.()
  }
  return (
    <li>
      <button
        type="button"
        aria-current={room === name && view === 'chat' ? 'true' : undefined}
        onClick={open}
        className={`flex min-h-8 w-full items-center gap-2 rounded-lg px-2 text-left font-mono text-[0.8125rem]
          transition-colors hover:bg-raised hover:text-text aria-[current]:bg-raised aria-[current]:text-text
          touch:min-h-11 touch:text-sm ${unread > 0 ? 'font-medium text-text' : 'text-quiet'}`}
      >
        <RoomName room={name} />
        {name === vault && <VaultMark />}
        {unread > 0 && (
          <span
            className="ml-auto min-w-[1.125rem] rounded-full bg-brand-deep px-1.5 text-center font-medium
              font-sans text-[0.6875rem] text-on-brand leading-[1.125rem]"
          >
            {unread > 99 ? '99+' : unread}
            <span className="sr-only"> unread</span>
          </span>
        )}
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

/** Chooses the broker of the chat if the relay has several. All share one connection. */
function BrokerChoice() {
  const brokers = useChatStore((chat) => chat.brokers)
  const chosen = useChatBroker()
  if (brokers.length < 2) return null
  return (
    <fieldset className="mx-2 mt-1 mb-2 flex flex-wrap gap-1">
      <legend className="sr-only">Broker</legend>
      {brokers.map((name) => (
        <BrokerButton key={name} name={name} isChosen={name === chosen} />
      ))}
    </fieldset>
  )
}

function BrokerButton({ name, isChosen }: { readonly name: string; readonly isChosen: boolean }) {
  const setBroker = usePage((page) => page.setBroker)
  const unread = useUnreadTotal(name)
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={() => setBroker(name)}
      className="flex items-center gap-1.5 rounded-md border border-line px-2 py-0.5 font-mono text-quiet text-xs
        transition-colors hover:text-text aria-pressed:bg-raised aria-pressed:text-text touch:min-h-11 touch:px-3"
    >
      <span className="size-1.5 rounded-full" style={{ background: `var(${brokerColor(name)})` }} />
      {name}
      {unread > 0 && !isChosen && <span className="font-medium text-brand">{unread}</span>}
    </button>
  )
}
