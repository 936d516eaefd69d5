import { expect, it, onTestFinished } from 'vitest'
import { openBroker } from '../../src/node/open-broker.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type StartedRelay, startRelay } from '../start-relay.js'
import { ask, client, type V1Client } from '../v1-client.js'
import { type Kind, kinds } from './kinds.js'

/** More than the system buffers between two sockets, so that most of it waits in the relay. */
const jobs = 160
const jobBytes = 128 * 1024

interface Started {
  relay(): Promise<StartedRelay>
}

/** Relays that share one broker; the memory broker has one relay. */
async function broker(kind: Kind | undefined): Promise<Started> {
  const server = kind && endsWithTest(await kind.start())
  const settings = kind && server ? kind.settings(server.port, 5000) : ({ type: 'memory' } as const)
  return { relay: () => startRelay({ brokers: { test: openBroker(settings) }, limits: { backlog: 64 * 1024 * 1024 } }) }
}

async function work(relay: StartedRelay): Promise<V1Client> {
  const worker = await client(relay)
  await ask(worker, { Subscribe: { ref: 1, subject: 'job', group: 'workers' } })
  onTestFinished(() => worker.ws.terminate())
  return worker
}

async function publishAll(relay: StartedRelay): Promise<void> {
  const publisher = await client(relay)
  for (let i = 0; i < jobs; i++)
    await ask(publisher, { Publish: { ref: i + 1, subject: 'job', message: String(i).padEnd(jobBytes, '.') } })
}

const numbersIn = ({ waiting }: V1Client): number[] =>
  waiting.map((frame) => Number.parseInt(JSON.parse(String(frame)).Message.message, 10))

/**
 * Whether these are the last jobs, without a gap, each once. Their order is not promised: some may
 * have gone to the other member directly.
 */
function areTheLast(numbers: readonly number[]): boolean {
  const sorted = [...numbers].sort((one, next) => one - next)
  return sorted.every((number, i) => number === jobs - sorted.length + i)
}

it.each([
  ['memory', undefined],
  ['Redis', kinds.redis],
  ['NATS', kinds.nats],
  ['MQTT', kinds.mqtt],
])('messages not yet written to a member that is gone go to another: %s', async (_, kind) => {
  const relay = await (await broker(kind)).relay()
  const stalled = await work(relay)
  stalled.ws.pause()
  await publishAll(relay)
  const other = await work(relay)
  stalled.ws.terminate()
  // Earlier messages were written, and are lost with the member.
  await expect.poll(() => numbersIn(other).length).toBeGreaterThan(jobs / 4)
  await expect.poll(() => areTheLast(numbersIn(other))).toBe(true)
})

it('they go to a member on another relay if the broker takes them back: Redis', async () => {
  const { relay } = await broker(kinds.redis)
  const [here, there] = [await relay(), await relay()]
  const stalled = await work(here)
  stalled.ws.pause()
  await publishAll(here)
  const other = await work(there)
  stalled.ws.terminate()
  await expect.poll(() => numbersIn(other).length).toBeGreaterThan(jobs / 4)
  await expect.poll(() => areTheLast(numbersIn(other))).toBe(true)
})
