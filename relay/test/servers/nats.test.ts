import type { Msg, Subscription } from 'nats'
import { beforeAll, describe, expect, it } from 'vitest'
import { answersAfterPause } from './answers-after-pause.js'
import { makeCertificates } from './certificates.js'
import { endsWithTest } from './ends-with-test.js'
import { type Nats, startNats } from './nats.js'
import { natsClient } from './nats-client.js'

const ours = makeCertificates()
const foreign = makeCertificates('foreign')
const bytes = Buffer.of(0, 255, 10, 34, 92, 128, 32, 10)

async function nextOf(subscription: Subscription): Promise<Msg> {
  const { value } = await subscription[Symbol.asyncIterator]().next()
  return value as Msg
}

describe('NATS', () => {
  async function exchange(nats: Nats): Promise<void> {
    const client = endsWithTest(await natsClient(nats))
    const subscription = client.subscribe('good.*')
    client.publish('good.apple', bytes)
    expect(Buffer.from((await nextOf(subscription)).data)).toEqual(bytes)
  }

  let shared: Nats
  beforeAll(async () => {
    shared = await startNats()
    return shared.stop
  })

  it('delivers bytes, and restarts on its port', async () => {
    const nats = endsWithTest(await startNats())
    await exchange(nats)
    await nats.kill()
    await expect(natsClient(nats)).rejects.toThrow('CONNECTION_REFUSED')
    await nats.restart()
    await exchange(nats)
  })

  it('answers requests of a pause when it is resumed', async () => {
    const nats = endsWithTest(await startNats())
    const client = endsWithTest(await natsClient(nats))
    await answersAfterPause(
      nats,
      () => client.rtt(),
      () => exchange(shared),
    )
  })

  it('reports its limits, its numbers and its protocol', async () => {
    const nats = endsWithTest(await startNats({ maxPayload: 1234, jetstream: true, trace: true }))
    const client = endsWithTest(await natsClient(nats))
    expect(client.info).toMatchObject({ max_payload: 1234, jetstream: true })
    client.subscribe('good.*')
    await nats.says(/<<- \[SUB good\.\* /)
    expect(await (await fetch(`${nats.monitor}/connz`)).json()).toMatchObject({ num_connections: 1 })
  })

  it('reloads permissions while it runs, and rejects an invalid configuration', async () => {
    const users = (password: string): string => `authorization { user: me, password: ${password} }`
    const nats = endsWithTest(await startNats({ config: users('old') }))
    const connect = (pass: string): Promise<unknown> => natsClient(nats, { user: 'me', pass }).then(endsWithTest)
    await connect('old')
    await expect(connect('new')).rejects.toThrow('Authorization Violation')
    await nats.reload(users('new'))
    await connect('new')
    await expect(nats.reload('authorization {')).rejects.toThrow()
    await nats.reload(users('newer'))
    await connect('newer')
  })

  it('accepts TLS clients that trust it and that it trusts', async () => {
    const nats = endsWithTest(await startNats({ tls: ours, requireClientCertificate: true }))
    const connect = ({ ca }: typeof ours, { client: { cert, key } }: typeof ours): Promise<unknown> =>
      natsClient(nats, { tls: { ca, cert, key } }).then(endsWithTest)
    await connect(ours, ours)
    await expect(connect(foreign, ours)).rejects.toThrow()
    await expect(connect(ours, foreign)).rejects.toThrow()
  })
})
