import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Client, createClient } from '@wildcast/client'
import { defineContract, type } from '@wildcast/contract'
import { parsePattern } from '@wildcast/protocol'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { ComponentSubscription } from '../src/components/subscription.js'
import { nobody } from '../src/core/observer.js'
import {
  type Components,
  http,
  httpRequest,
  memory,
  newId,
  type RelayServerOptions,
  realClock,
  websocket,
} from '../src/index.js'
import type { ComponentConfig } from '../src/node/config/config.js'
import { runComponents } from '../src/node/run-components.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const topic = (text: string): ComponentSubscription => ({ kind: 'topic', topic: parsePattern(text) })

/**
 * Modules in their own folder, under this one, so that they find the packages as a user's modules
 * do.
 */
async function modules(files: Readonly<Record<string, string>>): Promise<(name: string) => string> {
  const folder = await mkdtemp(path.join(import.meta.dirname, 'components-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
  return (name) => path.join(folder, name)
}

interface Running extends StartedRelay {
  readonly client: Client
  readonly components: Components
  /** The outcomes of components, such as `hello ok`. */
  readonly outcomes: string[]
}

/** A relay with components, by the texts of their modules. */
async function start(
  components: Readonly<Record<string, { readonly source: string } & Partial<Omit<ComponentConfig, 'id' | 'source'>>>>,
  options: Pick<RelayServerOptions, 'contract'> = {},
): Promise<Running> {
  const outcomes: string[] = []
  const observer = {
    ...nobody,
    component: (id: string, outcome: string) => void outcomes.push(`${id} ${outcome}`),
  }
  const inMemory = memory({ clock: realClock, newId })
  const relay = await startRelay({
    brokers: { main: inMemory, secondary: inMemory },
    gateways: [http, websocket({ mode: 'json' }), httpRequest({ form: 'json' })],
    observer,
    ...options,
  })
  const named = Object.entries(components)
  const file = await modules(Object.fromEntries(named.map(([id, { source }]) => [`${id}.mjs`, source])))
  const running = await runComponents(
    named.map(([id, config]) => ({
      broker: 'main',
      subscription: topic(id),
      result: {},
      config: {},
      timeoutMs: 30_000,
      memoryMb: 64,
      ...config,
      id,
      source: file(`${id}.mjs`),
    })),
    { inside: relay.relay.inside, observer, onError: (error) => relay.errors.push(error.message) },
  )
  onTestFinished(() => running.close())
  const client = createClient({ url: `ws://${relay.address}`, WebSocket })
  onTestFinished(() => client.close())
  return { ...relay, client, components: running, outcomes }
}

/** Collects the messages of a subscription. Resolves when it is confirmed. */
async function listen(client: Pick<Client, 'subscribe'>, pattern: string): Promise<string[]> {
  const received: string[] = []
  await new Promise<void>((resolve) => {
    client.subscribe(pattern, (message) => received.push(`${message.subject} ${message.text()}`), {
      onStatus: (status) => status === 'ready' && resolve(),
    })
  })
  return received
}

describe('a component', () => {
  it('gets its message and its variables, and its output goes to its result (SP-CMP-6)', async () => {
    const { client, outcomes } = await start({
      hello: {
        source: `export default ({ subject, broker, params, headers, data }, { id, config }) =>
          ({ message: { subject, broker, params, trace: headers.get('trace'), data, id, config } })`,
        subscription: topic('hello.*'),
        result: { broker: 'secondary', subject: 'good.bye' },
        config: { greeting: 'Hi' },
      },
    })
    const received = await listen(client.broker('secondary'), 'good.*')
    await client.publish('hello.world', { a: 1 }, { headers: new Map([['trace', '7']]) })
    await expect.poll(() => received).toHaveLength(1)
    const [subject, text] = (received[0] as string).split(' ')
    expect(subject).toBe('good.bye')
    expect(JSON.parse(text as string)).toEqual({
      subject: 'hello.world',
      broker: 'main',
      params: ['world'],
      trace: '7',
      data: { a: 1 },
      id: 'hello',
      config: { greeting: 'Hi' },
    })
    expect(outcomes).toEqual(['hello ok'])
  })

  it('publishes only what fits the contract, and answers so', async () => {
    const contract = defineContract({
      'good.*': { message: v.object({ price: v.number() }) },
      'math.sum': { request: type(), reply: v.number() },
    })
    const { client, outcomes, errors } = await start(
      {
        bad: { source: "export default () => ({ subject: 'good.a', message: { price: 'hunter22' } })" },
        sum: { source: "export default () => ({ message: 'hunter22' })", subscription: topic('request.*.math.sum') },
      },
      { contract },
    )
    const received = await listen(client, 'good.*')
    await client.publish('bad', 1)
    await expect.poll(() => outcomes).toEqual(['bad failed'])
    expect(received).toEqual([])
    expect(errors).toEqual([expect.stringMatching(/^component "bad": good\.a: "price"/)])
    await expect(client.request('math.sum', 1)).rejects.toMatchObject({
      code: 'invalid_payload',
      message: expect.stringMatching(/^math\.sum \(reply\)/),
    })
    await expect.poll(() => outcomes).toEqual(['bad failed', 'sum failed'])
    expect(errors.join()).not.toContain('hunter22')
  })

  it('answers HTTP requests with its path and method, and no others (SP-GW-4, SP-CMP-2)', async () => {
    const { address, errors } = await start({
      answer: {
        source: `import { jsonHttp } from '@wildcast/relay'
          export default jsonHttp(async (request, { path }) => {
            const text = await request.text()
            if (text === 'fail') throw new Error('it failed on purpose')
            const headers = [['set-cookie', 'a=1'], ['set-cookie', 'b=2']]
            return new Response(\`Path: \${path}, Recieved: \${text}\`, { status: 201, headers })
          })`,
        subscription: { kind: 'request', path: 'test/*/hello', method: 'POST' },
      },
    })
    const ask = (body: string): Promise<Response> =>
      fetch(`http://${address}/request/test/a/hello`, { method: 'POST', body })
    const response = await ask('hi')
    expect(response.status).toBe(201)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.text()).toBe('Path: test/a/hello, Recieved: hi')
    const failed = await ask('fail')
    expect({ status: failed.status, text: await failed.text() }).toEqual({
      status: 500,
      text: 'the component failed\n',
    })
    expect(errors).toEqual(['component "answer": it failed on purpose'])
    expect((await fetch(`http://${address}/request/test/a/hello`)).status).toBe(504)
  })

  it('of a queue takes turns with the others of its group (SP-CMP-3)', async () => {
    const worker = {
      source: "export default ({ data }, { id }) => ({ subject: 'done', message: id + ' ' + data })",
      subscription: { kind: 'queue', topic: parsePattern('job'), group: 'workers' } as const,
    }
    const { client } = await start({ one: worker, two: worker })
    const done = await listen(client, 'done')
    for (let job = 0; job < 4; job++) await client.publish('job', job)
    await expect.poll(() => done.length).toBe(4)
    const takers = done.sort((a, b) => Number(a.at(-1)) - Number(b.at(-1))).map((text) => text.split(' ')[1])
    expect(takers).toEqual([takers[0], takers[1], takers[0], takers[1]])
    expect(takers[0]).not.toBe(takers[1])
  })

  it('of a queue gets an interrupted message again, three times at most', async () => {
    const { client, outcomes } = await start({
      worker: {
        source: `import { appendFileSync, readFileSync } from 'node:fs'
          export default ({ data }, { config }) => {
            appendFileSync(config.file, data)
            if (data === 'b' || readFileSync(config.file, 'utf8') === 'a') process.exit()
            return { subject: 'done', message: data }
          }`,
        subscription: { kind: 'queue', topic: parsePattern('job'), group: 'workers' },
        config: { file: (await modules({ tries: '' }))('tries') },
      },
    })
    const done = await listen(client, 'done')
    for (const job of ['a', 'b', 'c']) await client.publish('job', job)
    await expect.poll(() => outcomes).toHaveLength(6)
    expect(done.sort()).toEqual(['done a', 'done c'])
    expect(outcomes.sort()).toEqual([...Array(4).fill('worker interrupted'), 'worker ok', 'worker ok'])
  })

  it('handles one message at a time, in order, unless its concurrency is higher', async () => {
    // With a concurrency of three, the first two wait for the third: no clock is needed to see it.
    const source = `let running = 0
      let all
      const together = new Promise((resolve) => (all = resolve))
      export default async ({ data }) => {
        const most = ++running
        if (most === 3) all()
        if (data.to === 'several') await together
        await new Promise((resolve) => setImmediate(resolve))
        running--
        return { subject: 'done.' + data.to, message: data.n + ' ' + most }
      }`
    const { client } = await start({
      single: { source },
      several: { source, concurrency: 3 },
    })
    const [ordered, parallel] = [await listen(client, 'done.single'), await listen(client, 'done.several')]
    for (let n = 0; n < 20; n++) for (const to of ['single', 'several']) void client.publish(to, { to, n })
    await expect.poll(() => ordered.length + parallel.length).toBe(40)
    expect(ordered).toEqual(Array.from({ length: 20 }, (_, n) => `done.single ${n} 1`))
    expect(Math.max(...parallel.map((text) => Number(text.split(' ')[2])))).toBe(3)
  })

  it('that would trigger itself forever is stopped (SP-CMP-5)', async () => {
    const { client, outcomes, errors } = await start({
      loop: { source: 'export default ({ data }) => ({ message: data + 1 })', subscription: topic('round') },
    })
    const received = await listen(client, 'round')
    await client.publish('round', 0)
    await expect.poll(() => outcomes).toContain('loop looped')
    await expect.poll(() => received).toEqual(Array.from({ length: 17 }, (_, n) => `round ${n}`))
    expect(errors).toEqual([
      'component "loop": its output on "round" has come through 16 components and was stopped: look for a circle',
    ])
  })

  it('reloads its module, while running messages end in the old one (SP-CMP-7)', async () => {
    const file = await modules({ 'v.mjs': 'export default () => ({ subject: "is", message: "old" })' })
    const { relay, client, components, errors } = await start({
      v: { source: `export { default } from ${JSON.stringify(file('v.mjs'))}` },
    })
    expect(relay).toBeDefined()
    const received = await listen(client, 'is')
    await client.publish('v')
    await writeFile(file('v.mjs'), 'export default () => ({ subject: "is", message: "new" })')
    await components.reload('v')
    await client.publish('v')
    await expect.poll(() => received).toEqual(['is old', 'is new'])
    await writeFile(file('v.mjs'), 'export default 7')
    await expect(components.reload('v')).rejects.toMatchObject({
      message: expect.stringContaining('its default export is a number; export a function'),
    })
    await client.publish('v')
    await expect.poll(() => received).toEqual(['is old', 'is new', 'is new'])
    expect(errors).toEqual([])
  })
})

describe('a faulty component (SP-CMP-4)', () => {
  /** Fails in the way that its message names. */
  const source = `export default async (message) => {
    const way = message.text()
    if (way === 'throws') throw new Error('thrown on purpose')
    if (way === 'rejects') return Promise.reject('rejected on purpose')
    if (way === 'never settles') return new Promise(() => {})
    if (way === 'hangs') for (;;);
    if (way === 'returns a string') return 'text'
    if (way === 'returns a circle') { const a = {}; a.a = a; return { message: a } }
    if (way === 'returns 100 MB') return { message: 'x'.repeat(100 * 1024 * 1024) }
    if (way === 'returns 100 MB in an object') return { message: { text: 'x'.repeat(100 * 1024 * 1024) } }
    if (way === 'returns 4 million members') return { message: Array(4e6).fill({}) }
    if (way === 'names no subject') return { subject: 'a b' }
    if (way === 'names no broker') return { subject: 'a', broker: 'nowhere' }
    if (way === 'exits') process.exit(3)
    if (way === 'throws later') return new Promise(() => setImmediate(() => { throw new Error('thrown later') }))
    if (way === 'fills its memory') for (const all = []; ; ) all.push(new Array(1000).fill({ all }))
    return { subject: 'fine', message: way }
  }`

  it.each([
    ['throws', 'failed', 'thrown on purpose'],
    ['rejects', 'failed', 'rejected on purpose'],
    ['returns a string', 'failed', 'it returned a string'],
    ['returns a circle', 'failed', 'JSON has no cycles'],
    ['returns 100 MB', 'failed', 'the payload is longer than'],
    ['returns 100 MB in an object', 'failed', 'whose JSON is longer than 4194304 characters'],
    ['returns 4 million members', 'interrupted', 'it took more than 32 MB of memory; look at "memory"'],
    ['names no subject', 'failed', '"a b" is not a valid subject'],
    ['names no broker', 'failed', 'there is no broker of that name'],
    ['exits', 'interrupted', 'it ended its own thread'],
    ['throws later', 'interrupted', 'thrown later'],
    ['fills its memory', 'interrupted', 'it took more than 32 MB of memory; look at "memory"'],
    ['never settles', 'timeout', 'a message took longer than 500 ms; look at "timeout"'],
    ['hangs', 'timeout', 'a message took longer than 500 ms; look at "timeout"'],
  ])('that %s is reported with its id, and continues; its neighbours notice nothing', async (way, outcome, why) => {
    const { client, outcomes, errors } = await start({
      bad: { source, memoryMb: 32, timeoutMs: outcome === 'timeout' ? 500 : 30_000 },
      neighbour: { source: "export default ({ data }) => ({ subject: 'fine', message: 'neighbour ' + data })" },
    })
    const received = await listen(client, 'fine')
    await client.publish('bad', way)
    await client.publish('neighbour', 1)
    await expect.poll(() => outcomes).toContain(`bad ${outcome}`)
    await client.publish('bad', 'again')
    await expect.poll(() => [...received].sort()).toEqual(['fine again', 'fine neighbour 1'])
    const reported = errors.filter((message) => message.startsWith('component "bad": '))
    expect(reported).toContainEqual(expect.stringContaining(why))
    expect(outcomes.filter((one) => one.startsWith('neighbour'))).toEqual(['neighbour ok'])
  })

  it.each([
    ['export const a = 1', 'it has no default export; write export default defineComponent(…)'],
    ['export default 7', 'its default export is a number; export a function'],
    ['export default (', 'it could not be loaded: '],
    ["import './nowhere.js'", 'it could not be loaded: Cannot find module'],
    ["throw new Error('at once')", 'it could not be loaded: at once'],
  ])('keeps the relay from starting: %s', async (source, why) => {
    await expect(start({ broken: { source } })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/^component "broken": .*broken\.mjs(?::\d+)?: /),
    })
    await expect(start({ broken: { source } })).rejects.toThrow(why)
  })
})
