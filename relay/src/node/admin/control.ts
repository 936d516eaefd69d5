import type { OnFailure } from '../../core/outlet.js'
import type { Relay } from '../../core/relay.js'
import { health } from '../../gateways/endpoints/health.js'
import type { Gateway } from '../../gateways/gateway.js'
import { adminGateway } from './admin-gateway.js'
import { openDisconnects } from './disconnects.js'
import { type Answer, type AskAll, answerQuery, type Operations, operations, type Query } from './queries.js'

export interface ControlOptions {
  /** Sends a query to all relays of the command. @default this one is the only one */
  readonly askAll?: AskAll | undefined
  /** Whether clients have identities. */
  readonly hasUsers: boolean
  /** Brokers that no other relay can share. @default none */
  readonly own?: readonly string[] | undefined
  readonly onError: OnFailure
}

/** The operators' access to a relay. */
export interface Control {
  /** The gateways of the admin port, with these metrics. `host`: of the port, as configured. */
  gateways(metrics: Gateway, host?: string): readonly Gateway[]
  /** Answers a query with what this relay has. */
  answer(query: Query): Answer
  /** The relay has opened these brokers since it began. */
  opened(brokers: readonly string[]): void
  /** The relay is open. Until then queries wait. */
  begin(relay: Relay): void
}

export function openControl({ askAll, hasUsers, own, onError }: ControlOptions): Control {
  let begin = (_operations: Operations): void => {}
  const begun = new Promise<Operations>((resolve) => {
    begin = resolve
  })
  let answer = (_query: Query): Answer => 0
  let opened = (_brokers: readonly string[]): void => {}
  return {
    gateways: (metrics, host) => [adminGateway(begun, host), metrics, health],
    answer: (query) => answer(query),
    opened: (brokers) => opened(brokers),
    begin(relay) {
      const disconnects = openDisconnects({ relay, onError, listens: hasUsers, own })
      opened = (brokers) => disconnects.listen(brokers)
      answer = (query) => answerQuery(query, relay, disconnects)
      begin(operations(askAll ?? (async (query) => [answer(query)]), disconnects))
    },
  }
}
