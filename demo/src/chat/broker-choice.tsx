import { client, useConnection } from '../bridge.js'
import { usePage } from '../page.js'

/** Chooses the broker of the chat if the relay has several. All share one connection. */
export function BrokerChoice() {
  useConnection() // a new connection brings a new welcome
  const { broker, setBroker } = usePage()
  const brokers = client.welcome?.brokers ?? []
  if (brokers.length < 2) return null
  const chosen = brokers.find(({ name }) => name === broker) ?? brokers.find((each) => each.default)
  return (
    <section className="flex flex-col gap-2 px-2">
      <h2 className="font-medium text-quiet text-xs">Broker</h2>
      <ul className="flex flex-wrap gap-1">
        {brokers.map((each) => (
          <li key={each.name}>
            <button
              type="button"
              aria-pressed={each === chosen}
              onClick={() => setBroker(each.name)}
              className="rounded-md border border-line px-2 py-0.5 font-mono text-quiet text-xs transition-colors
                hover:text-text aria-pressed:border-brand-deep aria-pressed:text-brand"
            >
              {each.name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
