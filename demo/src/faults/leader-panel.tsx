import { useEffect } from 'react'
import { useConnection } from '../bridge.js'
import { useValue } from '../hooks.js'
import { note } from '../journal.js'
import { storeOf } from '../stores.js'
import { Panel } from '../ui/panel.js'
import { Action } from './connection-panel.js'

/** The window that leads the markets, and a way to depose it. */
export function LeaderPanel({ className }: { readonly className?: string | undefined }) {
  const { state } = useConnection()
  const broker = storeOf('desk')
  const { data, value, status, error, remove } = useValue(broker === null ? null : 'desk.leader', {
    broker: broker ?? undefined,
  })
  const term = value?.revision
  const name = data && (data.name || 'Guest')
  useEffect(() => {
    if (term !== undefined && name !== undefined) note('good', `${name} leads`)
  }, [term, name])

  // Its holder learns at once that the lock is gone, and waits for it behind the others.
  const kill = (): void => {
    note('quiet', `you delete the lock of ${name}`)
    remove().catch(({ message }: Error) => note('bad', `desk.leader: ${message}`))
  }
  return (
    <Panel title="Leader" note="one window of all, by a lock" className={className}>
      <div className="flex flex-col gap-1">
        <p aria-live="polite" className="truncate font-semibold text-lg">
          {name === undefined ? status === 'synced' ? 'Nobody leads' : 'Waiting for the relay' : <bdi>{name}</bdi>}
        </p>
        <p className="min-h-5 text-quiet text-sm">
          {error?.message ??
            (name === undefined ? (
              <>
                Windows with the{' '}
                <a
                  href="#/dashboard/market"
                  className="underline underline-offset-2 touch:inline-flex touch:min-h-11 touch:items-center"
                >
                  market
                </a>{' '}
                take part.
              </>
            ) : (
              'leads until its window ends, or its lock is deleted. The next one in the queue follows.'
            ))}
        </p>
      </div>
      <div className="mt-auto">
        <Action isDisabled={state !== 'online' || name === undefined} onClick={kill}>
          Kill the leader
        </Action>
      </div>
    </Panel>
  )
}
