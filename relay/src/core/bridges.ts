import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Bridge } from './bridge.js'
import { circleOf, leadsBack } from './bridge-circle.js'
import { type Listener, pathHeader } from './broker.js'
import { traceField, valuesOf, withHeader } from './headers.js'
import type { AllBrokers } from './namespaces/all-brokers.js'
import type { Observer } from './observer.js'
import type { OnFailure } from './outlet.js'
import { type Part, part } from './part.js'

/** Relays may name one broker differently, so a path may not show a circle. */
const longestPath = 16

/** Opened bridges. */
export interface Bridges {
  /** The status of each bridge, and why it is down. */
  parts(): readonly Part[]
  close(): Promise<void>
}

interface BridgePorts {
  readonly brokers: AllBrokers
  readonly onError: OnFailure
  readonly observer: Observer
}

/**
 * Opens bridges. If a broker refuses one, its error goes to `onError` and the others continue.
 * @throws {RangeError} if a message would go round forever
 * @throws {WildcastError} `unknown_broker`
 */
export function openBridges(bridges: readonly Bridge[], ports: BridgePorts): Bridges {
  const { brokers, onError } = ports
  for (const { from, to } of bridges) for (const name of [from.broker, to]) brokers.demand(name)
  const circle = circleOf(bridges, (broker) => brokers.can(broker, 'headers'))
  if (circle) throw new RangeError(circle)
  const causes = new Map<Bridge, string>()
  const opened = bridges.map((bridge) => {
    const fail = (cause: unknown): void => {
      const error = WildcastError.from(cause)
      causes.set(bridge, error.message)
      onError(error, { stage: 'bridge', broker: bridge.from.broker })
    }
    causes.set(bridge, `"${bridge.from.broker}" has not confirmed its subscription`)
    const listener = { deliver: copying(bridge, leadsBack(bridge, bridges), ports), ended: fail }
    return listen(bridge, listener, brokers).then(
      (undo) => {
        causes.delete(bridge)
        return undo
      },
      (cause) => {
        fail(cause)
        return async () => {}
      },
    )
  })
  return {
    parts: () =>
      bridges.map((bridge) =>
        part(`bridge ${bridge.from.broker}:${bridge.from.pattern} to ${bridge.to}`, causes.get(bridge)),
      ),
    async close() {
      // If its broker was never reached, a bridge ends when the broker is closed.
      for (const undo of opened) void undo.then((end) => end())
    },
  }
}

async function listen({ from, group }: Bridge, listener: Listener, brokers: AllBrokers): Promise<() => Promise<void>> {
  const { broker, pattern } = from
  const shares = (): boolean => group !== undefined && brokers.can(broker, 'queue')
  const asked = shares()
  try {
    return await brokers.listen(broker, { pattern, ...(asked ? { group } : {}) }, listener)
  } catch (cause) {
    // Some brokers report what they can't do only when they are reached.
    if (!asked || shares()) throw cause
    return brokers.listen(broker, { pattern }, listener)
  }
}

function copying(
  { from, to }: Bridge,
  inCircle: boolean,
  { brokers, onError, observer }: BridgePorts,
): Listener['deliver'] {
  return (message, settle) => {
    const carries = brokers.can(to, 'headers')
    const path = [...valuesOf(message.headers, pathHeader).flatMap((names) => names.split(',')), from.broker]
    const loops = inCircle && !carries
    if (loops || path.includes(to) || path.length > longestPath) {
      observer.dropped(to, 'looped')
      if (loops) onError(cannotRecordPath(to), { stage: 'bridge', broker: to })
      settle?.(true)
      return
    }
    const copy = copyOf(message, { id: message.id ?? brokers.nextMessageId(), path: carries ? path : undefined })
    Promise.resolve(brokers.publish(to, copy)).then(
      () => settle?.(true),
      (cause) => {
        onError(WildcastError.from(cause), { stage: 'bridge', broker: to, ...traceField(message) })
        settle?.(false)
      },
    )
  }
}

/** Found late: the broker was not reached when the bridges were opened. */
function cannotRecordPath(to: string): WildcastError {
  const why = `"${to}" has no headers to record a message's path, and bridges lead from it in a circle`
  return new WildcastError('unsupported', `${why}; make their patterns differ`)
}

/** @param path - the brokers that the message comes from; absent if `to` carries no headers */
function copyOf(
  { from, subject, payload, headers, beside, expiresAt }: BrokerMessage,
  { id, path }: { readonly id: number; readonly path: readonly string[] | undefined },
): BrokerMessage {
  const copy = { id, from, subject, payload, ...(beside && { beside }), ...(expiresAt !== undefined && { expiresAt }) }
  return path ? { ...copy, headers: withHeader(headers, pathHeader, path.join(',')) } : copy
}
