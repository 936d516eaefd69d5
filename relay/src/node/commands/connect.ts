import { type Client, type ConnectionView, createClient, WildcastError } from '@wildcast/client'
import { InvalidArgumentError, Option } from 'commander'
import { WebSocket } from 'ws'
import { configEnvironment } from '../config/config-environment.js'
import { defined } from '../config/schema/defined.js'

/** The flag of every client command. */
export const urlFlag = (): Option =>
  new Option('-u, --url <url>', 'the relay; by default the one of this machine on the port PORT, else 3015')
    .env('WILDCAST_URL')
    .default(usualUrl(configEnvironment(process.cwd()).env.PORT))
    .argParser(relayUrl)

/** The relay that `wildcast gateway` and `wildcast up` open with the same `PORT`. */
function usualUrl(port: string | undefined): string {
  const fits = port !== undefined && /^\d+$/.test(port) && Number(port) > 0 && Number(port) <= 65_535
  return `ws://localhost:${fits ? port : 3015}`
}

/** Reads the URL of a relay. */
export function relayUrl(text: string): string {
  if (/^(?:ws|http)s?:\/\/./.test(text)) return text
  throw new InvalidArgumentError('Allowed: a URL such as ws://localhost:3015.')
}

export interface ClientFlags {
  readonly url: string
  readonly broker?: string
  readonly token?: string
}

export const brokerFlag = (): Option =>
  new Option('-b, --broker <name>', "one of the relay's brokers, instead of its default")

/** Called with the connection of a command's client, before it connects. */
export type ViewConnection = (connection: ConnectionView) => void

/** A client for the command line. A signal such as Ctrl-C ends it cleanly, with exit code 0. */
export function connectClient(
  { url, broker, token }: ClientFlags,
  onError: (error: WildcastError) => void = printError,
  onSignal: (client: Client) => void = closeAndExit,
  view: ViewConnection = () => {},
): Client {
  const client = createClient({
    url,
    WebSocket,
    onError: (error) => onError(error),
    use: [
      ({ connection, publish }) => {
        view(connection)
        return publish
      },
    ],
    ...defined({ broker, token }),
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => onSignal(client))
  return client
}

/** Ends the process, as a signal does by default. */
export function closeAndExit(client: Client): void {
  client.close()
  process.exit(0)
}

/**
 * Runs one action, and rejects at the first failure to reach the relay: a script needs an answer,
 * not retries.
 */
export async function once<Result>(
  flags: ClientFlags,
  action: (client: Client) => Promise<Result>,
  { onSignal, view }: { readonly onSignal?: (client: Client) => void; readonly view?: ViewConnection } = {},
): Promise<Result> {
  const client = connectClient(flags, () => {}, onSignal, view) // the rejection has the error
  try {
    return await Promise.race([unreachable(client, flags.url), action(client)])
  } finally {
    client.close()
  }
}

/** Once the relay was reached, the action itself reports a lost connection. */
function unreachable(client: Client, url: string): Promise<never> {
  return new Promise((_, reject) => {
    let reached = false
    client.onStatus((status) => {
      if (status.state === 'online') reached = true
      if (status.state === 'waiting' && !reached)
        reject(
          new WildcastError('interrupted', `can't reach ${url}; is the relay running there? (npx wildcast gateway)`),
        )
      if (status.state === 'closed' && status.reason) reject(status.reason)
    })
  })
}

/** Prints an error to stderr. */
export function printError({ code, message }: WildcastError): void {
  process.stderr.write(`${code}: ${message}\n`)
}
