import { existsSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { OpenBroker } from '../../brokers/broker.js'
import { memory } from '../../brokers/memory.js'
import { realClock } from '../../core/clock.js'
import { http } from '../../gateways/http.js'
import { type Form, forms } from '../../gateways/http-envelope.js'
import { httpRequest } from '../../gateways/http-request.js'
import { type Mode, modes } from '../../gateways/websocket/encoders.js'
import { websocket } from '../../gateways/websocket.js'
import { errorLog } from '../log.js'
import { newId } from '../new-id.js'
import { type Serving, serve } from '../serve.js'
import { staticFiles } from '../static-files.js'

interface Flags {
  readonly broker: OpenBroker
  readonly websockets?: Mode
  readonly requestResponse?: Form
  readonly port: number
  readonly host?: string
  readonly timeout: number
  readonly static?: string
}

/** `wildcast gateway`: one broker, with its doors on one port. The flags are the original's. */
export function gateway(): Command {
  return new Command('gateway')
    .description('open one broker to WebSocket and HTTP clients')
    .addOption(
      new Option('-b, --broker <broker>', 'the broker: InMemoryBroker')
        .env('BROKER')
        .default('InMemoryBroker')
        .argParser(brokerOf),
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
        .argParser(folderOf),
    )
    .action(async ({ broker, ...flags }: Flags) => {
      // A default is not parsed, so it is still the flag's text.
      await run({ ...flags, broker: typeof broker === 'string' ? brokerOf(broker) : broker })
    })
}

async function run({ broker, websockets, requestResponse, port, host, timeout, static: folder }: Flags): Promise<void> {
  const serving = await serve({
    brokers: { BROKER: broker },
    gateways: [
      http,
      websocket({ mode: websockets }),
      httpRequest({ form: requestResponse, timeoutMs: timeout }),
      ...(folder === undefined ? [] : [staticFiles(folder)]),
    ],
    port,
    host,
    onError: errorLog(),
  }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EADDRINUSE' ? new Error(`port ${port} is in use; choose another with --port or PORT`) : cause
  })
  process.stdout.write(`Wildcast is up: http://${host ?? 'localhost'}:${serving.port}\n`)
  closeOnSignal(serving)
}

/** The first signal closes in good order, the second at once. */
function closeOnSignal(serving: Serving): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      for (const again of ['SIGINT', 'SIGTERM'] as const) process.once(again, () => process.exit(1))
      void serving.close().then(() => process.exit(0))
    })
}

function brokerOf(text: string): OpenBroker {
  if (/^InMemoryBroker=?$/.test(text)) return memory({ clock: realClock, newId })
  throw new InvalidArgumentError('Allowed: InMemoryBroker.')
}

function folderOf(text: string): string {
  if (existsSync(text)) return text
  throw new InvalidArgumentError('There is no such folder.')
}

function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= from && number <= to) return number
    throw new InvalidArgumentError(`Allowed: a whole number from ${from} to ${to}.`)
  }
}
