import { Command, Option } from 'commander'
import { realClock } from '../../core/clock.js'
import { within } from '../../core/within.js'
import { liveScreen } from '../screen/live-screen.js'
import { paint, showsColors } from '../screen/paint.js'
import { painted, type ScreenLine } from '../screen/screen-line.js'
import { topJson, topLines } from '../top/top-text.js'
import { type ShownRelay, watchRelays } from '../top/watch-relays.js'
import { wakefulClock } from '../workers/clock.js'
import { adminClient, adminFlag } from './admin-client.js'
import { type ConfigFlag, configFlag } from './config-flag.js'
import { wholeNumberFlag } from './whole-number.js'

interface Flags extends ConfigFlag {
  readonly admin?: readonly string[]
  readonly interval: number
  readonly once?: boolean | undefined
  readonly json?: boolean | undefined
}

/** `wildcast top`: what running relays do, refreshed in place, or as text or JSON in a pipe. */
export function top(): Command {
  return new Command('top')
    .description('show what running relays do: connections, messages a second, brokers, refusals, load')
    .addOption(
      adminFlag('the admin port of a relay; may be repeated (default: "admin" of the configuration)').argParser(
        collect,
      ),
    )
    .addOption(configFlag())
    .addOption(
      new Option('-i, --interval <seconds>', 'the time between two readings')
        .default(2)
        .argParser(wholeNumberFlag(1, 3600)),
    )
    .option('--once', 'print one interval, and end')
    .option('-j, --json', 'one JSON object for each interval')
    .addHelpText('after', '\nOn a terminal, q ends it.')
    .action(async ({ admin = [], config, interval, once, json }: Flags) => {
      const named = admin.length === 0 ? [undefined] : admin
      const source = config === undefined ? {} : { config }
      const clients = await Promise.all(named.map((one) => adminClient({ ...source, ...(one && { admin: one }) })))
      const readAll = watchRelays(clients, realClock)
      const isLive = process.stdout.isTTY && !once && !json
      await (isLive ? showLive(readAll, interval) : printEach(readAll, { interval, once, json }))
    })
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',')]
}

type ReadAll = () => Promise<readonly ShownRelay[]>

/** Prints a text or a JSON object for each interval. */
async function printEach(readAll: ReadAll, { interval, once, json }: Omit<Flags, 'admin'>): Promise<void> {
  const quit = whenEnded()
  const colors = paint(showsColors(process.stdout))
  void quit.then(() => process.exit()) // a reading may be under way
  await readAll()
  do {
    await within(interval * 1000, quit, wakefulClock)
    const relays = await readAll()
    const text = topLines(relays).map((line) => `${painted(line, colors)}\n`)
    process.stdout.write(json ? `${JSON.stringify(topJson(relays, realClock.wall()))}\n` : `${text.join('')}\n`)
    process.exitCode = relays.some(({ rates }) => rates) ? 0 : 1
  } while (!once)
}

/** Shows the relays in place, until the user quits. */
async function showLive(readAll: ReadAll, interval: number): Promise<void> {
  let quit = (): void => {}
  const pressed = new Promise<void>((resolve) => {
    quit = resolve
  })
  const screen = liveScreen({ output: process.stdout, input: process.stdin, onQuit: quit })
  process.once('exit', () => screen.close())
  const ended = Promise.race([pressed, whenEnded()])
  const help: ScreenLine = { text: `every ${interval} s; q ends`, as: 'weak' }
  void (async () => {
    for (;;) {
      screen.show([...topLines(await readAll()), { text: '' }, help])
      await within(interval * 1000, ended, wakefulClock)
    }
  })()
  await ended
  screen.close()
  process.exit(0) // a reading may be under way
}

/** Resolves at a signal. */
function whenEnded(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
