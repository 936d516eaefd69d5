import { client, useConnection } from '../bridge.js'
import { useRelayMetrics } from '../relay-metrics.js'
import { brokerColor } from '../ui/colors.js'
import { Panel } from '../ui/panel.js'
import { Action } from './connection-panel.js'
import { restart, useControl } from './control.js'

/** The brokers as the relay reaches them, and a way to restart each. */
export function BrokersPanel({ className }: { readonly className?: string | undefined }) {
  const isOnline = useConnection().state === 'online'
  const up = useRelayMetrics((metrics) => metrics.up)
  const { control, restarting } = useControl()
  const canRestart = control?.brokers ?? []
  return (
    <Panel title="Brokers" note="relay ↔ brokers" className={className}>
      <ul className="flex flex-col gap-2">
        {(client.welcome?.brokers ?? []).map(({ name, status }) => {
          const isUp = up[name] ?? status === 'up'
          const [color, look, words] = !isOnline
            ? ['var(--quiet)', 'text-quiet', 'not known: the relay can’t be asked']
            : isUp
              ? [`var(${brokerColor(name)})`, 'text-quiet', 'reached']
              : ['var(--bad)', 'text-bad', 'down: the relay tries again by itself']
          return (
            <li key={name} className="flex min-h-9 items-center gap-3">
              <span
                className={`size-2.5 rounded-full ${isUp || !isOnline ? '' : 'animate-pulse'}`}
                style={{ background: color }}
              />
              <span className="font-mono text-sm">{name}</span>
              <span className={`text-xs ${look}`}>{words}</span>
              {canRestart.includes(name) && (
                <span className="ml-auto">
                  <Action isDisabled={restarting !== undefined} onClick={() => void restart(name)}>
                    {restarting === name ? 'Restarting…' : `Restart ${name}`}
                  </Action>
                </span>
              )}
            </li>
          )
        })}
      </ul>
      {canRestart.length === 0 && (
        <p className="mt-auto text-quiet text-xs">
          Brokers in memory live and end with the relay. <code>npm run demo:brokers</code> starts real ones, which you
          can restart here.
        </p>
      )}
    </Panel>
  )
}
