import { client } from '../../bridge.js'
import { brokerColor } from '../../ui/colors.js'
import { brokerOf } from '../places.js'
import type { StreamName } from '../store.js'

/** The broker that carries a stream, and its pattern. */
export function Origin({ stream, pattern }: { readonly stream: StreamName; readonly pattern: string }) {
  const name = brokerOf(stream) ?? client.welcome?.brokers.find((broker) => broker.default)?.name ?? ''
  return (
    <span className="font-mono">
      <span style={{ color: `var(${brokerColor(name)})` }}>{name}</span> {pattern}
    </span>
  )
}
