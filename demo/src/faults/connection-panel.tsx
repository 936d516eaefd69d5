import { client, useConnection } from '../bridge.js'
import { note, offlineSince } from '../journal.js'
import { cut, useLine } from '../line.js'
import { Panel } from '../ui/panel.js'
import { Segmented } from '../ui/segmented.js'
import { useRender } from '../ui/use-render.js'
import { slowDown, useControl } from './control.js'

const speeds = [
  { value: 0, label: 'fast' },
  { value: 128_000, label: '128 kB/s' },
  { value: 16_000, label: '16 kB/s' },
] as const

const cuts = [2, 8] as const

/** The state of the connection, and the ways to break it. */
export function ConnectionPanel({ className }: { readonly className?: string | undefined }) {
  return (
    <Panel title="My connection" note="this page ↔ relay" className={className}>
      <State />
      <div className="mt-auto flex flex-col gap-3">
        <div className="flex flex-wrap gap-2">
          {cuts.map((seconds) => (
            <Action key={seconds} onClick={() => cutFor(seconds)}>
              Cut for {seconds} s
            </Action>
          ))}
          <Action onClick={() => client.reconnect()}>Try now</Action>
        </div>
        <Speed />
      </div>
    </Panel>
  )
}

/** A timer may be this early by the clock. */
const timerSlackMs = 20

let healing: ReturnType<typeof setTimeout> | undefined

/** Cuts the line. At the end the client tries at once, as when a browser reports its network. */
function cutFor(seconds: number): void {
  note('quiet', `you cut the line for ${seconds} s`)
  cut(seconds * 1000)
  clearTimeout(healing)
  healing = setTimeout(
    () => {
      note('quiet', 'the line is whole again')
      if (client.status.state !== 'online') client.reconnect()
    },
    seconds * 1000 + timerSlackMs,
  )
}

function State() {
  useRender(100)
  const connection = useConnection()
  const cutUntil = useLine((line) => line.cutUntil)
  const now = Date.now()
  const [title, detail] = wordsFor(connection, now)
  const dot = { online: 'bg-brand', waiting: 'bg-bad', connecting: 'bg-warn', closed: 'bg-bad', idle: 'bg-quiet' }
  return (
    <div className="flex flex-col gap-1">
      <p className="flex items-center gap-2 font-semibold text-lg">
        <span className={`size-2.5 rounded-full ${dot[connection.state]}`} />
        {title}
      </p>
      <p className="text-quiet text-sm tabular-nums">{detail}</p>
      <p className="min-h-5 text-sm text-warn tabular-nums">
        {cutUntil > now && `The line is cut for another ${seconds(cutUntil - now)}.`}
      </p>
    </div>
  )
}

function wordsFor(connection: ReturnType<typeof useConnection>, now: number): readonly [string, string] {
  switch (connection.state) {
    case 'online':
      return ['Online', `over ${connection.transport ?? 'its own transport'}, for ${seconds(now - connection.since)}`]
    case 'waiting':
      return [
        `Trying again in ${seconds(Math.max(0, connection.nextRetryAt - now))}`,
        `attempt ${connection.attempt + 1}; offline for ${seconds(now - (offlineSince() ?? now))}`,
      ]
    case 'connecting':
      return ['Connecting', connection.attempt > 0 ? `attempt ${connection.attempt + 1}` : 'for the first time']
    default:
      return [connection.state === 'closed' ? 'Closed' : 'Not connected', 'press "Try now"']
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function Speed() {
  const speed = useLine((line) => line.speed)
  const control = useControl((state) => state.control)
  if (control === null)
    return (
      <p className="text-quiet text-xs">
        A slow line needs the demo's own server: run <code>npm start</code>, and open the page on that machine.
      </p>
    )
  return <Segmented label="Line" value={speed} options={speeds} onChange={slowDown} />
}

interface ActionProps {
  readonly onClick: () => void
  readonly isDisabled?: boolean
  readonly children: React.ReactNode
}

/** A button that breaks something. */
export function Action({ onClick, isDisabled = false, children }: ActionProps) {
  return (
    <button
      type="button"
      disabled={isDisabled}
      onClick={onClick}
      className="rounded-lg border border-line px-3 py-1.5 text-sm transition-colors hover:border-quiet
        hover:bg-raised disabled:cursor-default disabled:opacity-50 touch:min-h-11"
    >
      {children}
    </button>
  )
}
