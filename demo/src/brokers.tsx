import { useClient, useConnection } from '@wildcast/react'
import { usePage } from './store.js'

/**
 * The relay's brokers, where it has several: the page speaks on one of them at a time, all over one
 * WebSocket.
 */
export function Brokers() {
  const { welcome } = useClient()
  useConnection() // a new connection brings a new welcome
  const { broker, speakOn } = usePage()
  const brokers = welcome?.brokers ?? []
  if (brokers.length < 2) return null
  const chosen = brokers.find(({ name }) => name === broker) ?? brokers.find((each) => each.default)
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-medium text-quiet text-xs uppercase tracking-wider">Brokers</h2>
      <ul className="flex flex-wrap gap-1">
        {brokers.map((each) => (
          <li key={each.name}>
            <button
              type="button"
              aria-pressed={each === chosen}
              onClick={() => speakOn(each.name)}
              className="rounded-md border border-line px-2.5 py-1 font-mono text-quiet text-sm transition-colors hover:text-text aria-pressed:border-brand-deep aria-pressed:text-brand"
            >
              {each.name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
