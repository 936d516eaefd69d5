import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import type { Config } from '../config.js'
import { meant } from '../nearest.js'
import { bridge, brokerName } from './bridge.js'
import { circleFree } from './circle-free.js'
import { components, triggeredBy } from './component.js'
import type { Context } from './context.js'
import { type GatewayKeys, gatewayEntries, gatewayOf, ownWords, portNumber } from './gateway.js'
import { mqtt } from './mqtt.js'
import { named } from './named.js'
import { nats } from './nats.js'
import { onePortEach, type WrittenGateway, within } from './one-port-each.js'
import { redis } from './redis.js'
import { isTable, keyIn, notATable, optional, type Reads, type Table, table } from './table.js'
import { wholeNumber } from './values.js'

/** More than any machine has use for. */
export const mostWorkers = 256

/** Wildcast's own form: one port, and all brokers behind it. */
export function ownForm(context: Context): Reads<Config> {
  return v.pipe(
    table(
      {
        port: optional(portNumber),
        ...gatewayEntries(ownWords, context),
        workers: optional(wholeNumber(1, mostWorkers)),
        default: optional(brokerName(context.brokers)),
        brokers: named('broker', broker(context)),
        bridge: optional<readonly Config['bridges'][number][]>(
          v.array(bridge(context.brokers), '{it} must be a list of tables: write [[bridge]]'),
        ),
        component: optional(components(context)),
        gateway: optional<readonly FurtherGateway[]>(
          v.array(furtherGateway(context), '{it} must be a list of tables: write [[gateway]]'),
        ),
      },
      { brokers: '[brokers.main] with type = "memory"' },
      ['trigger'],
    ),
    onePortEach(gatewaysOf),
    v.transform(
      ({
        port = 3015,
        workers,
        default: first,
        brokers,
        bridge = [],
        component = [],
        gateway = [],
        ...main
      }): Config => {
        const all = ordered(brokers, first)
        const [standard = ''] = all.keys()
        return {
          brokers: all,
          gateways: [gatewayOf({ port, ...main }), ...gateway.map(({ broker, ...keys }) => gatewayOf(keys, broker))],
          bridges: bridge,
          components: triggeredBy(standard, component),
          ...(workers === undefined ? {} : { workers }),
          notes: [],
        }
      },
    ),
    circleFree(),
  )
}

function gatewaysOf(input: unknown): readonly WrittenGateway[] {
  const further = within(input, 'gateway')
  const list = Array.isArray(further) ? further : []
  return [
    { keys: input, name: 'the main gateway', path: [] },
    ...list.map((keys, i) => ({ keys, name: `item ${i + 1} of "gateway"`, path: ['gateway', i] })),
  ]
}

/** Beside the port that leads to all brokers, others may lead to one each. */
type FurtherGateway = GatewayKeys & { readonly broker?: string }

function furtherGateway(context: Context): Reads<FurtherGateway> {
  return table(
    { port: portNumber, broker: optional(brokerName(context.brokers)), ...gatewayEntries(ownWords, context) },
    { port: '3010' },
  )
}

function broker({ resolve }: Context): Reads<BrokerSettings> {
  const kinds: Readonly<Record<string, Reads<BrokerSettings>>> = {
    memory: v.pipe(
      table({}),
      v.transform(() => ({ type: 'memory' as const })),
    ),
    redis: redis(resolve),
    nats: nats(resolve),
    mqtt: mqtt(resolve),
  }
  const unknown = noSuchType(Object.keys(kinds))
  return v.lazy((input) => {
    if (!isTable(input)) return notATable
    const { type } = input
    const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined
    return kind ? v.pipe(v.unknown(), v.transform(withoutType), kind) : unknown
  }) as Reads<BrokerSettings>
}

function withoutType(input: unknown): Table {
  const { type, ...keys } = input as Table
  return keys
}

/** Of a broker whose type is not known, nothing else can be checked. */
function noSuchType(known: readonly string[]): Reads<unknown> {
  return v.pipe(
    v.unknown(),
    v.rawCheck(({ dataset, addIssue }) =>
      addIssue({
        message: `{it} must be a known type of broker: ${known.join(', ')}${meant(within(dataset.value, 'type'), known)}`,
        path: [keyIn(dataset.value, 'type')],
      }),
    ),
  )
}

function ordered(brokers: Readonly<Record<string, BrokerSettings>>, first?: string): Config['brokers'] {
  const entries = Object.entries(brokers)
  return new Map([...entries.filter(([name]) => name === first), ...entries.filter(([name]) => name !== first)])
}
