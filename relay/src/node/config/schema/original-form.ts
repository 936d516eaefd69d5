import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import type { Config } from '../config.js'
import { type GatewayKeys, gatewayOptions } from '../gateway-options.js'
import { shown } from '../path.js'
import { type Skipped, spinComponents, triggeredBy, type WrittenComponent } from './component.js'
import type { Context } from './context.js'
import { gatewayEntries, gatewayOf, originalWords } from './gateway.js'
import { named } from './named.js'
import { onePortEach, valueIn, type WrittenGateway } from './one-port-each.js'
import { originalBroker } from './original-broker.js'
import { isTable, keyIn, optional, type Reads, type Table, table } from './table.js'

/** Keys of Wildcast's own form. No spin.toml has them, so they are a mistake here. */
const ownKeys = [
  ...['brokers', 'bridge', 'default', ...gatewayOptions.map(({ key }) => key), 'gateway', 'workers'],
  ...['auth', 'roles', 'contract'],
]

/** Whether a configuration has the original's form, which is part of a spin.toml. */
export function isOriginal(value: unknown): value is Table {
  return isTable(value) && ['trigger', 'spin_manifest_version', 'spin_version'].some((key) => key in value)
}

/**
 * The original's form: each broker may have a gateway with its own port. Other keys of a spin.toml
 * are ignored.
 */
export function originalForm(context: Context): Reads<Config> {
  const trigger = table(
    {
      type: optional<string>(v.literal('message', '{it} must be "message"; Wildcast has no other triggers')),
      brokers: v.pipe(named('broker', broker(context)), onePortEach(gatewaysOf)),
    },
    { brokers: '[trigger.brokers.main] with broker_type = "InMemoryBroker"' },
  )
  return v.pipe(
    v.looseObject(
      { trigger, component: optional(spinComponents(context)) },
      '{it} is missing; add it, with type = "message"',
    ),
    refuseOwnKeys(),
    v.transform(({ trigger, component }) => configOf(Object.entries(trigger.brokers), component)),
  )
}

function gatewaysOf(brokers: unknown): readonly WrittenGateway[] {
  return Object.entries(brokers ?? {}).flatMap(([name, broker]): readonly WrittenGateway[] => {
    const keys = valueIn(valueIn(broker, 'gateway'), 'Http')
    return isTable(keys) && 'port' in keys
      ? [{ keys, name: `the gateway of "${shown(name)}"`, path: [name, 'gateway', 'Http'] }]
      : []
  })
}

interface OriginalBroker {
  readonly broker_type: BrokerSettings
  readonly gateway?: { readonly Http: GatewayKeys }
}

function broker(context: Context): Reads<OriginalBroker> {
  const http = table(gatewayEntries(originalWords, context), { port: '3015' })
  return table(
    {
      broker_type: originalBroker(context.resolve),
      gateway: optional(table({ Http: http }, { Http: '{ port = 3015 }' })),
    },
    { broker_type: '"InMemoryBroker"' },
  )
}

function refuseOwnKeys<Input extends object>(): v.RawCheckAction<Input> {
  return v.rawCheck(({ dataset, addIssue }) => {
    for (const key of ownKeys)
      if (Object.hasOwn(dataset.value as object, key))
        addIssue({
          message:
            '{it} is not allowed beside [trigger]; remove it, or write [brokers.…] instead of [trigger.brokers.…]',
          path: [keyIn(dataset.value, key)],
        })
  })
}

function configOf(
  brokers: readonly (readonly [string, OriginalBroker])[],
  written: readonly (WrittenComponent | Skipped)[] = [],
): Config {
  const gateways = brokers.flatMap(([name, { gateway }]) => (gateway ? [gatewayOf(gateway.Http, name)] : []))
  const notes = [
    ...(gateways.length === 0 ? ['no broker has a gateway, so no client can connect'] : []),
    ...written.flatMap((one) =>
      'skipped' in one ? [`component "${one.skipped}" is not run: name a module of JavaScript or TypeScript`] : [],
    ),
  ]
  const components = written.filter((one): one is WrittenComponent => !('skipped' in one))
  return {
    brokers: new Map(brokers.map(([name, { broker_type }]) => [name, broker_type])),
    gateways,
    bridges: [],
    components: triggeredBy(brokers[0]?.[0] ?? '', components),
    notes,
  }
}
