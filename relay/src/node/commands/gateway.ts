import { Command, InvalidArgumentError, Option } from 'commander'
import type { BrokerSettings } from '../../brokers/settings.js'
import { type Mode, modes } from '../../gateways/dialects/classic/encoders.js'
import { isOrigin } from '../../gateways/endpoints/cross-origin.js'
import { type Form, forms } from '../../gateways/endpoints/http-envelope.js'
import { brokerOfQuery } from '../config/broker-query.js'
import type { Config, GatewayConfig } from '../config/config.js'
import { outside } from '../config/outside.js'
import { longestKeepAliveS } from '../config/schema/gateway.js'
import { existingFolder } from './existing-folder.js'
import { run } from './run.js'
import { wholeNumber } from './whole-number.js'
import { type WorkersFlag, workersFlag } from './workers-flag.js'

interface Flags extends WorkersFlag {
  /** A query string. */
  readonly broker: string
  readonly websockets?: Mode
  readonly requestResponse?: Form
  readonly port: number
  readonly host?: string
  readonly timeout: number
  readonly static?: string
  readonly origins?: readonly string[]
  readonly compression?: boolean
  readonly keepAlive?: number
}

/** `wildcast gateway`: one broker, with its doors on one port. The flags are the original's. */
export function gateway(): Command {
  return new Command('gateway')
    .description('open one broker to WebSocket and HTTP clients')
    .addOption(
      new Option(
        '-b, --broker <broker>',
        'the broker: InMemoryBroker, Redis=redis://localhost:6379, Nats[addresses][0]=localhost or Mqtt[address]=mqtt://localhost:1883',
      )
        .env('BROKER')
        .default('InMemoryBroker'),
    )
    .addOption(
      new Option('-w, --websockets <mode>', 'speak classic WebSocket too, and send messages so')
        .env('WEBSOCKETS')
        .choices(modes),
    )
    .addOption(
      new Option('-r, --request-response <form>', 'open /request, and serialise HTTP requests so')
        .env('REQUEST_RESPONSE')
        .choices(forms),
    )
    .addOption(
      new Option('-p, --port <port>', 'listen here; 0 takes a free port')
        .env('PORT')
        .default(3015)
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(new Option('--host <address>', 'listen on this address only').env('WILDCAST_HOST'))
    .addOption(
      new Option('-t, --timeout <ms>', 'how long /request waits for an answer')
        .env('TIMEOUT')
        .default(2000)
        .argParser(wholeNumber(1, 300_000)),
    )
    .addOption(
      new Option('-s, --static <folder>', 'serve the files of a folder as well')
        .env('WILDCAST_STATIC')
        .argParser(existingFolder),
    )
    .addOption(
      new Option('-o, --origins <list>', 'let pages of these origins in only: https://shop.example,https://…')
        .env('ORIGINS')
        .argParser(originsOf),
    )
    .addOption(
      new Option('--compression', 'compress long messages for WebSocket clients that offer it').env(
        'WILDCAST_COMPRESSION',
      ),
    )
    .addOption(
      new Option('--keep-alive <seconds>', 'how long an HTTP connection stays open between two requests (usual: 75)')
        .env('WILDCAST_KEEP_ALIVE')
        .argParser(wholeNumber(1, longestKeepAliveS)),
    )
    .addOption(workersFlag())
    .action(async ({ broker, workers, ...flags }: Flags, command: Command) => {
      // Not by an argument parser: commander repeats what it refuses, and this may hold a password.
      const source = command.getOptionValueSource('broker') === 'env' ? 'BROKER' : '--broker'
      await run(configOf(flags, brokerOfQuery(broker, source, outside(process.cwd()))), {
        workers,
        remedies: { port: 'choose another with --port or PORT', host: 'correct --host or WILDCAST_HOST' },
        reload: false,
      })
    })
}

/** What the flags say, as a configuration would. */
function configOf({ timeout, keepAlive, ...flags }: Omit<Flags, 'broker' | 'workers'>, broker: BrokerSettings): Config {
  const gateway: GatewayConfig = {
    ...flags,
    timeoutMs: timeout,
    ...(keepAlive === undefined ? {} : { keepAliveMs: keepAlive * 1000 }),
  }
  return {
    brokers: new Map([['BROKER', broker]]),
    gateways: [gateway],
    bridges: [],
    components: [],
    notes: [],
  }
}

function originsOf(text: string): readonly string[] {
  const origins = text.split(',')
  if (origins.every(isOrigin)) return origins
  throw new InvalidArgumentError('Allowed: origins such as https://shop.example, without a path.')
}
