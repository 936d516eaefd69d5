import { client, useConnection } from '../bridge.js'
import { Icon } from '../ui/icon.js'
import { explore, useExplorer } from './store.js'

/** The relay's brokers, its default first. */
function useBrokers(): readonly string[] {
  useConnection() // a new connection brings a new welcome
  const infos = client.welcome?.brokers ?? []
  return infos.toSorted((a, b) => Number(b.default) - Number(a.default)).map(({ name }) => name)
}

/** Chooses the broker of the whole explorer, if the relay has several. */
export function BrokerSelect() {
  const brokers = useBrokers()
  const chosen = useExplorer(({ broker }) => broker)
  if (brokers.length < 2) return null
  return (
    <label className="relative flex items-center gap-2">
      <span className="text-quiet text-xs max-sm:sr-only">Broker</span>
      <select
        value={chosen ?? brokers[0]}
        onChange={({ target }) => explore({ broker: target.value })}
        className="h-9 appearance-none rounded-lg border border-line bg-panel pr-8 pl-3 font-mono text-sm touch:h-11"
      >
        {brokers.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <Icon name="chevron" className="pointer-events-none absolute right-2.5 size-3.5 text-quiet" />
    </label>
  )
}
