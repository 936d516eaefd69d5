import { Command, Option } from 'commander'
import { brokerOfQuery } from '../config/broker-query.js'
import type { GatewayConfig } from '../config/config.js'
import { configEnvironment } from '../config/config-environment.js'
import { defined } from '../config/schema/defined.js'
import { gatewayFlags, gatewayOfFlags } from './gateway-flags.js'
import { runCommand } from './run.js'
import { wholeNumberFlag } from './whole-number.js'
import { type WorkersFlag, workersFlag } from './workers-flag.js'

interface Flags extends WorkersFlag {
  /** A query string. */
  readonly broker: string
  /** The port of MQTT. */
  readonly mqtt?: number
}

const mqttFlag = (): Option =>
  new Option('--mqtt <port>', 'a port for MQTT clients, such as 1883; /mqtt on the HTTP port serves them, too')
    .env('WILDCAST_MQTT')
    .argParser(wholeNumberFlag(0, 65_535))

const aboutBroker =
  'the broker: InMemoryBroker, Redis=redis://localhost:6379, Nats[addresses][0]=localhost or ' +
  'Mqtt[address]=mqtt://localhost:1883'

/** `wildcast gateway`: one broker, with its endpoints on one port. The flags are the original's. */
export function gatewayCommand(): Command {
  const command = new Command('gateway')
    .description('open one broker to WebSocket and HTTP clients')
    .addOption(new Option('-b, --broker <broker>', aboutBroker).env('BROKER').default('InMemoryBroker'))
  for (const option of gatewayFlags()) command.addOption(option)
  return command.addOption(mqttFlag()).addOption(workersFlag()).action(open)
}

async function open({ broker, workers, mqtt, ...flags }: Flags, command: Command): Promise<void> {
  // Not an argument parser: commander repeats refused values, and this one may contain a password.
  const source = command.getOptionValueSource('broker') === 'env' ? 'BROKER' : '--broker'
  const settings = brokerOfQuery(broker, source, configEnvironment(process.cwd()))
  const http = gatewayOfFlags(flags)
  const config = {
    brokers: new Map([['BROKER', settings]]),
    gateways: [http, ...(mqtt === undefined ? [] : [{ ...forMqtt(http), port: mqtt }])],
    bridges: [],
    components: [],
    notes: [],
    ...defined({ workers }),
  }
  await runCommand(config, {
    remedies: { port: 'choose another with --port or PORT', host: 'correct --host or WILDCAST_HOST' },
    reload: false,
  })
}

/** The options that a port for MQTT has in common with that for HTTP. */
function forMqtt({ host, trustedProxies, proxyProtocol, timeoutMs }: GatewayConfig): Omit<GatewayConfig, 'port'> {
  return { ...defined({ host, trustedProxies, proxyProtocol }), timeoutMs, mqtt: {} }
}
