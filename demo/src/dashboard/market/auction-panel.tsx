import { useLock, usePresence } from '../../hooks.js'
import { usePage } from '../../page.js'
import { Avatar } from '../../ui/avatar.js'
import { Button } from '../../ui/button.js'
import { Panel } from '../../ui/panel.js'

/** A desk that one window holds. The others wait for it, in turn. */
export function AuctionPanel({ broker }: { readonly broker: string }) {
  const name = usePage((page) => page.name).slice(0, 40)
  const { held, waiting, holder, error, request, release } = useLock('desk.auction', { data: { name }, broker })
  const { members } = usePresence('desk.auction', waiting ? { name } : undefined, { broker })
  const holderName = holder?.data.name || 'Somebody'
  const words = held ? 'You hold the desk.' : holder ? `${holderName} holds the desk.` : 'The desk is free.'
  return (
    <Panel title="Auction desk" note="a lock: one window at a time">
      <div className="flex min-h-9 items-center gap-2">
        {holder && <Avatar name={holderName} />}
        <p aria-live="polite" className="min-w-0 flex-1 break-words text-sm">
          {words}
          {waiting && ' You wait for your turn.'}
        </p>
        {held || waiting ? (
          <Button onClick={release}>{held ? 'Release' : 'Stop waiting'}</Button>
        ) : (
          <Button isMain onClick={() => void request()}>
            Take the desk
          </Button>
        )}
      </div>
      {error && <p className="text-bad text-xs">{error.message}</p>}
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 text-quiet text-xs">
        {members.length === 0 ? 'No window waits. Open a second one, and fight for it.' : 'Waiting:'}
        <ul aria-label="Waiting for the desk" className="contents">
          {members.map(({ key, data, connections, isSelf }) => (
            <li key={key} className="flex items-center gap-1.5">
              <Avatar name={data.name || 'Guest'} isSmall />
              {data.name || 'Guest'}
              {isSelf && ' (you)'}
              {connections > 1 && ` × ${connections}`}
            </li>
          ))}
        </ul>
      </div>
      <p className="text-quiet text-xs">If the window of the holder is closed, the one that waits longest gets it.</p>
    </Panel>
  )
}
