import { defineContract, type } from '@wildcast/contract'
import { type BrokerMessage, parsePattern } from '@wildcast/protocol'
import * as v from 'valibot'
import type { RelayContract } from '../../src/core/contract/relay-contract.js'
import {
  historyEndpoint,
  http,
  httpRequest,
  memory,
  newId,
  type RelayServerOptions,
  realClock,
  serverSentEvents,
  streamEndpoint,
  valueEndpoint,
  websocket,
} from '../../src/index.js'
import { memoryStore } from '../../src/stores/memory/memory-store.js'
import { type StartedRelay, startRelay } from '../start-relay.js'

const Good = v.object({ price: v.number() })
const Pair = v.object({ a: v.number(), b: v.number() })

/** One entry for each kind of data. */
export const goods = defineContract({
  'good.*': { message: Good },
  'kept.*': { message: Good },
  'stock.*': { value: Good },
  'math.sum': { request: Pair, reply: Good },
  'room.{room}': { presence: v.object({ name: v.string() }) },
  'POST.cart': { request: v.object({ uri: v.literal('/request/cart') }), reply: type<unknown>() },
})

/** A test sends it in place of data that fits. No refusal may repeat it. */
export const secret = 'hunter22'
export const badGood: string = JSON.stringify({ price: secret })
export const good: string = JSON.stringify({ price: 1 })

/** A relay with a contract, and everything that was published at it. */
export interface ContractRelay extends StartedRelay {
  readonly published: BrokerMessage[]
}

/** Opens it with every gateway. Messages at `kept.*` are kept. */
export async function contractRelay(
  contract: Omit<RelayContract, 'contract'> = {},
  options: Partial<RelayServerOptions> = {},
): Promise<ContractRelay> {
  const rules = [{ subjects: parsePattern('kept.*'), messages: 10 }]
  const ports = { clock: realClock, newId }
  const relay = await startRelay({
    brokers: { test: memory({ ...ports, store: memoryStore({ ...ports, rules }) }) },
    gateways: [
      http,
      valueEndpoint,
      historyEndpoint({ longPollMs: 1 }),
      serverSentEvents,
      streamEndpoint,
      websocket({ mode: 'json' }),
      httpRequest({ form: 'json', timeoutMs: 60_000 }),
    ],
    contract: { contract: goods, ...contract },
    ...options,
  })
  const published: BrokerMessage[] = []
  for (const pattern of ['**', '$presence.**', 'request.**'])
    await relay.relay.inside.listen(
      'test',
      { pattern: parsePattern(pattern) },
      { deliver: (message) => void published.push(message), ended: () => {} },
    )
  return { ...relay, published }
}
