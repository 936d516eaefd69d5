import { Command, Option } from 'commander'
import { brokerOfQuery } from '../config/broker-query.js'
import { configEnvironment } from '../config/config-environment.js'
import { defined } from '../config/schema/defined.js'
import { gatewayFlags, gatewayOfFlags } from './gateway-flags.js'
import { runCommand } from './run.js'
import { type WorkersFlag, workersFlag } from './workers-flag.js'

interface Flags extends WorkersFlag {
  /** A query string. */
  readonly broker: string
}

const aboutBroker =
  'the broker: InMemoryBroker, Redis=redis://localhost:6379, Nats[addresses][0]=localhost or ' +
  'Mqtt[address]=mqtt://localhost:1883'

/** `wildcast gateway`: one broker, with its endpoints on one port. The flags are the original's. */
export function gatewayCommand(): Command {
  const command = new Command('gateway')
    .description('open one broker to WebSocket and HTTP clients')
    .addOption(new Option('-b, --broker <broker>', aboutBroker).env('BROKER').default('InMemoryBroker'))
  for (const option of gatewayFlags()) command.addOption(option)
  return command.addOption(workersFlag()).action(open)
}

async function open({ broker, workers, ...flags }: Flags, command: Command): Promise<void> {
  // Not an argument parser: commander repeats refused values, and this one may contain a password.
  const source = command.getOptionValueSource('broker') === 'env' ? 'BROKER' : '--broker'
  const settings = brokerOfQuery(broker, source, configEnvironment(process.cwd()))
  const config = {
    brokers: new Map([['BROKER', settings]]),
    gateways: [gatewayOfFlags(flags)],
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
