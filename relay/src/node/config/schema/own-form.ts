import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import type { RuleSet } from '../../../core/access/rules.js'
import type { Limits } from '../../../core/limits.js'
import type { NamespaceOptions } from '../../../core/namespaces/namespace.js'
import type { MqttGatewaySettings } from '../../../gateways/dialects/mqtt/mqtt-gateway-settings.js'
import type { GatewayTls } from '../../front/tls-files.js'
import type { AdminConfig, BridgeConfig, Config, ContractConfig } from '../config.js'
import type { GatewayKeys } from '../gateway-options.js'
import { homesOf } from '../homes.js'
import { adminAddress, adminNotes, adminPort } from './admin.js'
import { type AuthKeys, auth, knownRoles, roles } from './auth.js'
import { bridge, brokerName } from './bridge.js'
import { circleFree } from './circle-free.js'
import { components, triggeredBy, type WrittenComponent } from './component.js'
import type { Context } from './context.js'
import { contract } from './contract.js'
import { cookieNeedsOrigins } from './cookie-origins.js'
import { defined } from './defined.js'
import { gatewayEntries, gatewayOf, ownWords } from './gateway.js'
import { gatewayTls, proxyProtocolNeedsProxies } from './gateway-front.js'
import { limitKeys } from './limits.js'
import { memorySettingsKeys } from './memory.js'
import { mqttSettingsKeys } from './mqtt.js'
import { mqttGateway } from './mqtt-gateway.js'
import { named } from './named.js'
import { namespaceNotes, namespaces, namespacesApart } from './namespaces.js'
import { natsSettingsKeys } from './nats.js'
import { ofType } from './of-type.js'
import { oneFileEach } from './one-file-each.js'
import { onePortEach, valueIn, type WrittenGateway } from './one-port-each.js'
import { redisSettingsKeys } from './redis.js'
import { optional, type Reads, table } from './table.js'
import { text, wholeNumber } from './values.js'

/** More than any machine needs. */
export const mostWorkers = 256

/** Wildcast's own form: one port that gives access to all brokers. */
export function ownForm(context: Context): Reads<Config> {
  const { port, ...others } = gatewayEntries(ownWords, context)
  const entries = {
    port: optional(port),
    ...others,
    tls: optional(gatewayTls(context.resolve)),
    workers: optional(wholeNumber(1, mostWorkers)),
    admin: optional(adminAddress),
    contract: optional(contract(context)),
    auth: optional(auth(context)),
    roles: optional(roles(context)),
    limits: optional(limitKeys),
    default: optional(brokerName(context.brokers)),
    namespaces: optional(namespaces(context)),
    brokers: named('broker', broker(context)),
    bridge: optional<readonly BridgeConfig[]>(
      v.array(bridge(context.brokers), '{it} must be a list of tables: write [[bridge]]'),
    ),
    component: optional(components(context)),
    gateway: optional<readonly FurtherGateway[]>(
      v.array(furtherGateway(context), '{it} must be a list of tables: write [[gateway]]'),
    ),
  }
  return v.pipe(
    table(entries, { brokers: '[brokers.main] with type = "memory"' }, ['trigger']),
    onePortEach(gatewaysOf),
    knownRoles(),
    cookieNeedsOrigins(),
    proxyProtocolNeedsProxies(),
    v.transform(configOf),
    circleFree(),
    oneFileEach(),
    namespacesApart(),
  )
}

/** The form with its values read. */
interface Written extends Partial<GatewayKeys> {
  readonly tls?: GatewayTls
  readonly workers?: number
  readonly default?: string
  readonly admin?: AdminConfig
  readonly contract?: ContractConfig
  readonly auth?: AuthKeys
  readonly roles?: Readonly<Record<string, RuleSet>>
  readonly limits?: Partial<Limits>
  readonly brokers: Readonly<Record<string, BrokerSettings>>
  readonly namespaces?: Readonly<Record<string, NamespaceOptions>>
  readonly bridge?: readonly BridgeConfig[]
  readonly component?: readonly WrittenComponent[]
  readonly gateway?: readonly FurtherGateway[]
}

function configOf({ port = 3015, default: first, brokers, namespaces, auth, roles, ...written }: Written): Config {
  const { workers, admin, contract, limits, ...gateways } = written
  const { bridge = [], component = [], gateway = [], ...main } = gateways
  const all = ordered(brokers, first)
  const [own] = homesOf({ brokers: all, ...defined({ namespaces }) })
  const [standard = ''] = own && own.brokers.size > 0 ? own.brokers.keys() : all.keys()
  const config = {
    brokers: all,
    gateways: [
      { ...gatewayOf({ port, ...main }), ...defined({ tls: main.tls }) },
      ...gateway.map(({ broker, namespace, tls, mqtt, ...keys }) => ({
        ...gatewayOf(keys, broker),
        ...defined({ namespace, tls, mqtt }),
      })),
    ],
    bridges: bridge,
    components: triggeredBy(standard, component, roles),
    ...defined({ namespaces, workers, admin, contract, limits }),
    ...(auth && { auth: { ...auth, roles } }),
  }
  return { ...config, notes: [...adminNotes(admin), ...namespaceNotes(config)] }
}

function gatewaysOf(input: unknown): readonly WrittenGateway[] {
  const further = valueIn(input, 'gateway')
  const list = Array.isArray(further) ? further : []
  return [
    { keys: input, name: 'the main gateway', path: [] },
    ...list.map((keys, i) => ({ keys, name: `item ${i + 1} of "gateway"`, path: ['gateway', i] })),
    ...adminPort(valueIn(input, 'admin')),
  ]
}

/** Besides the port for all brokers, further ports may give access to one broker each. */
type FurtherGateway = GatewayKeys & {
  readonly broker?: string
  readonly namespace?: string
  readonly tls?: GatewayTls
  readonly mqtt?: Partial<MqttGatewaySettings>
}

function furtherGateway(context: Context): Reads<FurtherGateway> {
  const kinds: Readonly<Record<string, Reads<FurtherGateway>>> = {
    http: httpGateway(context),
    mqtt: mqttGateway(context, optional(brokerName(brokersSeen(context)))),
  }
  return ofType(kinds, { what: 'gateway', usual: 'http' })
}

/** The names of all brokers, and those that namespaces give them. */
function brokersSeen(context: Context): readonly string[] {
  return [...new Set([...context.brokers, ...context.namesInNamespaces])]
}

function httpGateway(context: Context): Reads<FurtherGateway> {
  const { port, ...others } = gatewayEntries(ownWords, context)
  const entries = {
    port,
    broker: optional(brokerName(brokersSeen(context))),
    namespace: optional(text),
    tls: optional(gatewayTls(context.resolve)),
    ...others,
  }
  const keys = table(entries, { port: '3010' })
  return v.pipe(keys, proxyProtocolNeedsProxies())
}

function broker({ resolve }: Context): Reads<BrokerSettings> {
  const kinds: Readonly<Record<string, Reads<BrokerSettings>>> = {
    memory: memorySettingsKeys(resolve),
    redis: redisSettingsKeys(resolve),
    nats: natsSettingsKeys(resolve),
    mqtt: mqttSettingsKeys(resolve),
  }
  return ofType(kinds, { what: 'broker' })
}

function ordered(brokers: Readonly<Record<string, BrokerSettings>>, first?: string): Config['brokers'] {
  const entries = Object.entries(brokers)
  return new Map([...entries.filter(([name]) => name === first), ...entries.filter(([name]) => name !== first)])
}
