import { type Client, type ClientCore, type ContractClient, createClient, type OnError } from '@wildcast/client'
import { matches, parsePattern, parseSubject, type Subject, toHeaders, toPayload } from '@wildcast/protocol'
import {
  createRelay,
  type InMemoryEndpoint,
  type InMemoryHandshake,
  inMemory,
  type OnFailure,
  type Relay,
  type RelayOptions,
} from '@wildcast/relay/core'
import { checkOptions, demandKnown, demandSpan } from './check-knobs.js'
import { fakeClock, type TestClock } from './clock.js'
import { openRefusals } from './refusals.js'
import { TestBroker } from './test-broker.js'
import { testIds } from './test-ids.js'
import { testUrl } from './test-line.js'
import { TestNetwork } from './test-network.js'
import type { TestClientOptions, TestContract, TestRelay, TestRelayOptions } from './test-relay.js'
import { testTokens } from './test-tokens.js'

/** The parts that outlive a restart of the relay. */
interface Surroundings {
  readonly clock: TestClock
  readonly brokers: TestBrokers
  readonly network: TestNetwork
}

type TestBrokers = ReadonlyMap<string, TestBroker>

/**
 * Creates a relay for a test: the relay that browsers connect to, in this process, with brokers in
 * memory. Time stands still until `clock.advance(ms)`.
 * @throws {RangeError} without a broker, if a rule of `auth` is invalid, or for a number below 0
 * @throws {TypeError} for an option that it does not know
 * @throws {WildcastError} if a pattern of `history` is invalid
 * @example
 * const relay = await createTestRelay()
 * const client = relay.createClient()
 * await client.publish('good.apple', { price: 3 })
 * console.log(relay.published('good.*')) // [{ subject: 'good.apple', data: { price: 3 }, … }]
 */
export async function createTestRelay(options: TestRelayOptions = {}): Promise<TestRelay> {
  checkOptions(options)
  loaded ??= answerOnce()
  await loaded
  return openTestRelay(options)
}

/** Resolves when the code is loaded that a client loads for its first answer. */
let loaded: Promise<void> | undefined

/** `settled` can't wait for code that is being loaded: time would pass before a first answer. */
async function answerOnce(): Promise<void> {
  const relay = await openTestRelay({})
  const client = relay.createClient()
  client.serve('first', () => null)
  await client.request('first')
  await relay.close()
}

async function openTestRelay(options: TestRelayOptions): Promise<TestRelay> {
  const { auth, contract, limits, clock = fakeClock(), onError = reportError } = options
  const newId = testIds()
  const brokers = brokersOf(options, clock, newId)
  const tokens = auth && testTokens(auth, clock)
  const [refusals, network] = [openRefusals(), new TestNetwork(clock)]

  const ports = { clock, newId, contract, limits, onError, authorize: refusals.authorize }
  const open = (): Promise<Present> => opened(brokers, { ...ports, authenticate: tokens?.authenticate })
  let present = await open()
  const lineOf = (handshake: InMemoryHandshake) =>
    network.line((protocols) => {
      const WebSocket = present.endpoint.webSocketOf(handshake)
      return new WebSocket(testUrl, protocols)
    })

  function openClient<const Api extends TestContract>(
    options: TestClientOptions & { readonly contract: Api },
  ): ContractClient<Api>
  function openClient(options?: TestClientOptions): Client
  function openClient({ headers, cookies, address, ...rest }: TestClientOptions = {}): ClientCore {
    const line = lineOf({ headers, cookies, address })
    const client = createClient({ onError: report, ...rest, url: testUrl, clock, transport: line.transport })
    network.assign(client, line)
    return client
  }

  const stop = async (offlineMs: number): Promise<void> => {
    for (const line of network.of(undefined)) line.cut(offlineMs)
    await present.endpoint.drain()
    await present.relay.close()
  }

  return {
    ...observing({ clock, brokers, network }),
    ...breaking({ clock, brokers, network }),
    transport: lineOf({}).transport,
    contract: contract && 'contract' in contract ? contract.contract : contract,
    get connections() {
      return network.connections
    },
    createClient: openClient,
    refuse: refusals.refuse,
    expire(token) {
      if (!tokens) throw new RangeError('the relay has no "auth", so no token expires')
      present.relay.expire(tokens.expire(token))
    },
    async restart() {
      await stop(0)
      present = await open()
    },
    async close() {
      for (const client of network.clients) client.close()
      network.end()
      await stop(Number.POSITIVE_INFINITY)
      for (const broker of brokers.values()) await broker.close()
    },
  }
}

/** The relay until its restart. */
interface Present {
  readonly relay: Relay
  readonly endpoint: InMemoryEndpoint
}

async function opened(brokers: TestBrokers, options: Omit<RelayOptions, 'brokers'>): Promise<Present> {
  const relay = await createRelay({
    ...options,
    brokers: Object.fromEntries([...brokers].map(([name, broker]) => [name, broker.open])),
    explain: true,
  })
  return { relay, endpoint: inMemory(relay) }
}

/** A broker that a test has stopped is no error. */
const reportError: OnFailure = (error, { stage }) => {
  if (stage !== 'broker') console.error('relay', stage, error)
}

/** Nor is a connection that it has cut. */
const report: OnError = (error, { stage }) => {
  if (stage !== 'transport' || error.code !== 'interrupted') console.error('wildcast', stage, error)
}

type Observing = Pick<TestRelay, 'clock' | 'settled' | 'published' | 'frames' | 'publish'>

function observing({ clock, brokers, network }: Surroundings): Observing {
  return {
    clock,
    settled: () => clock.settled(),
    published(pattern = '**') {
      const wanted = parsePattern(pattern)
      const all = [...brokers.values()].flatMap((broker) => broker.published)
      return all.filter(({ subject }) => matches(wanted, subject as Subject))
    },
    frames: <Kind extends string>(kind: Kind) =>
      network.frames.filter((frame): frame is Extract<typeof frame, { readonly kind: Kind }> => frame.kind === kind),
    async publish(subject, data, options = {}) {
      demandKnown('publish', options, ['broker', 'headers', 'retain'])
      const { broker, headers, retain = false } = options
      const message = { subject: parseSubject(subject), payload: toPayload(data), headers: toHeaders(headers) }
      await named(brokers, broker).publishOutside(message, retain)
      await clock.settled()
    },
  }
}

type Breaking = Pick<TestRelay, 'cut' | 'delay' | 'slow' | 'duplicate' | 'reorder' | 'brokerDown' | 'brokerUp'>

function breaking({ brokers, network }: Surroundings): Breaking {
  return {
    cut(options = {}) {
      demandKnown('cut', options, ['client', 'forMs'])
      const { client, forMs = 0 } = options
      demandSpan('cut({ forMs })', forMs, Number.POSITIVE_INFINITY)
      for (const line of network.of(client)) line.cut(forMs)
    },
    delay: (ms, client) => network.delay(ms, client),
    slow(client) {
      const undos = network.of(client).map((line) => line.slow())
      return () => {
        for (const undo of undos) undo()
      }
    },
    duplicate: (pattern, broker) => named(brokers, broker).faults.duplicate(parsePattern(pattern)),
    reorder: (pattern, broker) => named(brokers, broker).faults.reorder(parsePattern(pattern)),
    brokerDown: (name) => named(brokers, name).down(),
    brokerUp: (name) => named(brokers, name).up(),
  }
}

function brokersOf({ brokers = ['main'], history = [] }: TestRelayOptions, clock: TestClock, newId: () => string) {
  const rules = history.map((rule) => ({ ...rule, subjects: parsePattern(rule.subjects) }))
  return new Map(brokers.map((name) => [name, new TestBroker({ name, clock, newId, rules })]))
}

/** @throws {RangeError} if there is no such broker */
function named(brokers: TestBrokers, name: string = [...brokers.keys()][0] ?? ''): TestBroker {
  const broker = brokers.get(name)
  if (!broker) throw new RangeError(`there is no broker "${name}": there are ${[...brokers.keys()].join(', ')}`)
  return broker
}
