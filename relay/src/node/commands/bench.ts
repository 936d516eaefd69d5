import { Command, Option } from 'commander'
import { isLoopback } from '../../gateways/endpoints/origin-trust.js'
import { benchJson, benchText } from '../bench/bench-text.js'
import { type LoadPlan, smallestSize } from '../bench/load-plan.js'
import { type BenchProgress, runBench } from '../bench/run-bench.js'
import { newId } from '../new-id.js'
import { shortNumber } from '../screen/figures.js'
import { paint, showsColors } from '../screen/paint.js'
import { brokerFlag, type ClientFlags, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import { wholeNumberFlag } from './whole-number.js'

interface Flags extends ClientFlags, Pick<LoadPlan, 'codec' | 'clients' | 'rate' | 'size' | 'subscribers' | 'seconds'> {
  readonly subject: string
  readonly threads?: number
  readonly yes?: boolean
  readonly json?: boolean
}

/** `wildcast bench`: puts load on a running relay, and prints its latencies and losses. */
export function benchCommand(): Command {
  const number = (flags: string, about: string, [from, to, usual]: readonly [number, number, number]): Option =>
    new Option(flags, about).default(usual).argParser(wholeNumberFlag(from, to))
  return new Command('bench')
    .description('put load on a running relay, and print its latencies, rates, losses and errors')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .addOption(number('-n, --clients <number>', 'how many clients connect', [1, 100_000, 50]))
    .addOption(number('-r, --rate <number>', 'messages a second, of all clients together', [1, 1_000_000, 500]))
    .addOption(number('--size <bytes>', 'the data of a message', [smallestSize, 1_048_576, 128]))
    .addOption(number('-s, --subscribers <number>', 'how many clients receive each message', [1, 100_000, 10]))
    .addOption(number('--seconds <number>', 'for how long they publish', [1, 86_400, 10]))
    .addOption(new Option('--codec <name>', 'the form of frames').choices(['json', 'msgpack']).default('json'))
    .option('--subject <prefix>', 'the first segments of the subjects', 'bench')
    .option('--threads <number>', 'the threads of the bench (default: as the load needs)', wholeNumberFlag(1, 256))
    .option('-y, --yes', 'put load on a relay of another machine')
    .option('-j, --json', 'one JSON object')
    .action(async (flags: Flags, command: Command) => {
      const plan = planOf(flags, command)
      const ending = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
      if (!flags.json) process.stdout.write(heading(plan))
      const showsProgress = process.stderr.isTTY && !flags.json
      const onProgress = (now: BenchProgress): void => {
        if (showsProgress) process.stderr.write(`\r${progressLine(now, plan)}`)
      }
      const result = await runBench(plan, { threads: flags.threads, onProgress, signal: ending.signal })
      if (showsProgress) process.stderr.write('\r\u001b[K')
      const text = flags.json
        ? `${JSON.stringify(benchJson(result))}\n`
        : benchText(result, paint(showsColors(process.stdout)), process.stdout.columns ?? 80)
      process.stdout.write(text)
      process.exitCode = result.delivered === 0 ? 1 : 0
    })
}

function planOf({ yes = false, subject, ...flags }: Flags, command: Command): LoadPlan {
  const { url, broker, token, codec, clients, rate, size, subscribers, seconds } = flags
  const { hostname } = new URL(url)
  if (!isLoopback(hostname) && !yes) command.error(`${hostname} is not this machine; add --yes to put this load on it`)
  if (subscribers > clients) {
    if (command.getOptionValueSource('subscribers') !== 'default')
      command.error(`${subscribers} subscribers need as many clients; raise --clients, or lower --subscribers`)
  }
  const prefix = `${subject}.${newId()}` // of its own: other benches are not counted
  const own = { url, broker, token, codec, clients, rate, size, seconds, prefix }
  return { ...own, subscribers: Math.min(subscribers, clients) }
}

function heading({ url, clients, rate, size, subscribers, seconds, codec }: LoadPlan): string {
  const load = `${rate} messages a second of ${size} bytes to ${subscribers} of ${clients} clients each`
  return `${url}: ${load}, for ${seconds} s, in ${codec}\n\n`
}

function progressLine({ seconds, received }: BenchProgress, plan: LoadPlan): string {
  return `${seconds} of ${plan.seconds} s, ${shortNumber(received)} delivered `
}
