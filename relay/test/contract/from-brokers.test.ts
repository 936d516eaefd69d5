import { type Client, createClient } from '@wildcast/client'
import { history } from '@wildcast/client/history'
import { values } from '@wildcast/client/values'
import { parsePattern } from '@wildcast/protocol'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { FromBrokers } from '../../src/core/contract/relay-contract.js'
import { health, http, metrics, newId, realClock, redis, valueEndpoint, websocket } from '../../src/index.js'
import { openBroker } from '../../src/node/open-broker.js'
import { kinds } from '../brokers/kinds.js'
import { emptiedRedis } from '../servers/emptied-redis.js'
import type { Program } from '../servers/program.js'
import { type StartedRelay, startRelay } from '../start-relay.js'
import { badGood, good, goods, secret } from './contract-relay.js'

function connect({ address }: StartedRelay): Client {
  const client = createClient({ url: `ws://${address}`, WebSocket })
  onTestFinished(() => client.close())
  return client
}

/** Subscribes. Resolves with the list of its messages when it is confirmed. */
async function listen(client: Client, pattern: string): Promise<string[]> {
  const received: string[] = []
  await new Promise<void>((resolve) => {
    client.subscribe(pattern, (message) => received.push(`${message.subject} ${message.text()}`), {
      onStatus: (status) => status === 'ready' && resolve(),
    })
  })
  return received
}

const droppedOn = async ({ address }: StartedRelay): Promise<number> =>
  Number(
    /^wildcast_dropped_total\{broker="main",why="invalid_payload"\} (\d+)$/m.exec(
      await (await fetch(`http://${address}/metrics`)).text(),
    )?.[1] ?? 0,
  )

describe.each(Object.entries(kinds))('data of another program on %s', (_, kind) => {
  let server: Program
  beforeAll(async () => {
    server = await kind.start()
    return () => server.stop()
  })

  function relay(fromBrokers: FromBrokers): Promise<StartedRelay> {
    const { observer, gateway } = metrics()
    return startRelay({
      brokers: { main: openBroker(kind.settings(server.port, 5000)) },
      gateways: [http, health, gateway, websocket({})],
      observer,
      contract: { contract: goods, fromBrokers },
    })
  }
  const publish = async (...payloads: readonly string[]): Promise<void> => {
    const foreign = kind.foreignClient(server.port)
    for (const payload of payloads) await foreign.publish('good.pear', payload)
  }

  it('passes, if the relay is to pass it', async () => {
    const opened = await relay('pass')
    const received = await listen(connect(opened), 'good.*')
    await publish(badGood, good)
    await expect.poll(() => received).toEqual([`good.pear ${badGood}`, `good.pear ${good}`])
    expect(await droppedOn(opened)).toBe(0)
  })

  it('that does not fit is dropped, counted, and logged without the data', async () => {
    const opened = await relay('drop')
    const received = await listen(connect(opened), 'good.*')
    await publish(badGood, 'no JSON', good)
    await expect.poll(() => received).toEqual([`good.pear ${good}`])
    expect(await droppedOn(opened)).toBe(2)
    expect(opened.errors.join()).toMatch(/"contract","broker":"main","code":"invalid_payload","message":"good.pear: /)
    expect(opened.errors.join()).not.toMatch(new RegExp(`${secret}|no JSON`))
  })

  it('that does not fit is diverted to those who ask for it', async () => {
    const opened = await relay('quarantine')
    const [received, diverted] = [
      await listen(connect(opened), '**'),
      await listen(connect(opened), '$quarantine.good.**'),
    ]
    await publish(badGood, good)
    await expect.poll(() => received).toEqual([`good.pear ${good}`])
    await expect.poll(() => diverted).toEqual([`$quarantine.good.pear ${badGood}`])
  })

  it('as an answer that does not fit is a refusal for the requester', async () => {
    const opened = await relay('drop')
    const service = await kind.foreignClient(server.port).serve('math.sum')
    const asking = connect(opened).request('math.sum', { a: 1, b: 2 }, { timeoutMs: 60_000 })
    const refused = expect(asking).rejects.toMatchObject({
      code: 'invalid_payload',
      message: expect.stringMatching(/^math\.sum \(reply\): "price"/),
    })
    await service.answer(badGood)
    await refused
  })

  it('that fits comes back to the relay that has published it', async () => {
    const client = connect(await relay('drop'))
    const received = await listen(client, 'good.*')
    await client.publish('good.fig', { price: 2 })
    await expect.poll(() => received).toEqual(['good.fig {"price":2}'])
  })
})

describe('data of a relay without the contract', () => {
  const own = emptiedRedis()
  const relay = (fromBrokers?: FromBrokers): Promise<StartedRelay> =>
    startRelay({
      brokers: {
        main: redis(
          { url: own.server.url, history: [{ subjects: parsePattern('kept.*'), messages: 10 }] },
          { clock: realClock, newId },
        ),
      },
      gateways: [http, health, websocket({}), valueEndpoint],
      ...(fromBrokers && { contract: { contract: goods, fromBrokers } }),
    })

  it('that is kept is left out of pages, as it is of live messages', async () => {
    const [strange, checked] = [connect(await relay()), connect(await relay('drop'))]
    const live = await listen(checked, 'kept.*')
    for (const price of [1, secret, 3]) await strange.publish('kept.a', { price })
    await expect.poll(() => live).toEqual(['kept.a {"price":1}', 'kept.a {"price":3}'])
    const { messages } = await history(checked).page('kept.*', { limit: 10 })
    expect(messages.map(({ data }) => data)).toEqual([{ price: 1 }, { price: 3 }])
    const later: unknown[] = []
    checked.subscribe('kept.*', ({ data }) => void later.push(data), { last: 10 })
    await expect.poll(() => later).toEqual([{ price: 1 }, { price: 3 }])
  })

  it('that is a value does not exist in a watch, a page, a read or a change', async () => {
    const [strange, opened] = [connect(await relay()), await relay('drop')]
    const checked = connect(opened)
    await values(strange).set('stock.bad', { price: secret })
    await values(strange).set('stock.good', { price: 1 })
    const watched = values(checked).watch('stock.*')
    onTestFinished(() => watched.stop())
    await expect
      .poll(() => [...watched.all].map(([subject, { data }]) => [subject, data]))
      .toEqual([['stock.good', { price: 1 }]])
    expect(await values(checked).get('stock.bad')).toBeUndefined()
    expect((await fetch(`http://${opened.address}/value/stock.bad`)).status).toBe(404)
    await values(strange).set('stock.good', { price: secret })
    await expect.poll(() => watched.all.size).toBe(0)
    await values(strange).set('stock.good', { price: 2 })
    await expect.poll(() => watched.all.get('stock.good')?.data).toEqual({ price: 2 })
  })

  it('does not keep a writer with a condition from replacing it', async () => {
    const [strange, checked] = [connect(await relay()), connect(await relay('drop'))]
    await values(strange).set('stock.a', { price: secret })
    await expect(values(checked).set('stock.a', { price: 1 }, { when: null })).rejects.toMatchObject({
      code: 'condition_failed',
    })
    await values(checked).set('stock.a', { price: 1 }, { when: { price: secret } })
    expect((await values(checked).get('stock.a'))?.data).toEqual({ price: 1 })
  })

  it('that is a request is refused, and the server does not see it', async () => {
    const [strange, checked] = [connect(await relay()), connect(await relay('drop'))]
    const seen: unknown[] = []
    await new Promise<void>((resolve) => {
      checked.serve(
        'math.sum',
        ({ data }) => {
          seen.push(data)
          return { price: 3 }
        },
        { onStatus: (status) => status === 'ready' && resolve() },
      )
    })
    await expect(strange.request('math.sum', { a: secret, b: 2 })).rejects.toMatchObject({ code: 'invalid_payload' })
    expect((await strange.request('math.sum', { a: 1, b: 2 })).data).toEqual({ price: 3 })
    expect(seen).toEqual([{ a: 1, b: 2 }])
  })
})
