import { run, start } from './command.js'
import { startRelay } from './start-relay.js'

/** Runs a command at a relay of its own. */
export async function atRelay(options: Parameters<typeof startRelay>[0] = {}) {
  const { address } = await startRelay(options)
  const env = { WILDCAST_URL: `ws://${address}` }
  return {
    env,
    url: `ws://${address}`,
    command: (...args: readonly string[]) => run(args, { env }),
    started: (...args: readonly string[]) => start(args, { env }),
  }
}
