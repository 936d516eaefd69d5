import { WildcastError } from '@wildcast/protocol'
import { beforeAll, expect, it } from 'vitest'
import type { Broker } from '../../src/core/broker.js'
import { noRevision } from '../../src/core/store.js'
import { read, revisionOfWrite, subjectsOf, valuesOf, write } from '../../src/testing/store-under-test.js'
import type { Nats } from '../servers/nats.js'
import { startNatsCluster } from '../servers/nats-cluster.js'
import { text } from './link.js'
import { natsLink, stranger } from './nats-link.js'
import { emptied, jetStreamCall } from './nats-store.js'

let nodes: readonly [Nats, Nats, Nats]

beforeAll(async () => {
  nodes = await startNatsCluster()
  return () => Promise.all(nodes.map((node) => node.kill()))
})

/** Writes a value. The link may break for a moment: the relays make the stream at the same time. */
async function writeWhenUp(broker: Broker, subject: string, payload: string): Promise<void> {
  for (;;)
    try {
      await write(broker, subject, payload)
      return
    } catch (cause) {
      if (WildcastError.from(cause).code !== 'broker_down') throw cause // it was not written
      await new Promise((resolve) => setImmediate(resolve))
    }
}

it('relays at different servers of a cluster share the values, in order', async () => {
  await emptied(nodes[0])
  const links = await Promise.all(nodes.map((node) => natsLink(node)))
  const inboxes = await Promise.all(links.map(({ listen }) => listen('n.*')))
  const writer = async (i: number): Promise<void> => {
    for (let n = 0; n < 30; n++) await writeWhenUp(links[i]?.broker as Broker, `n.${n % 3}`, `${i} ${n}`)
  }
  await Promise.all([0, 1, 2].map(writer))
  const bySubject = await Promise.all(
    inboxes.map(async (inbox) => {
      const messages = await inbox.take(90)
      return [0, 1, 2].map((n) => messages.filter(({ subject }) => subject === `n.${n}`).map((one) => one.revision))
    }),
  )
  for (const revisions of bySubject) expect(revisions).toEqual(bySubject[0])
  for (const revisions of bySubject[0] ?? []) expect(revisions).toEqual([...new Set(revisions)].sort())
  expect(await subjectsOf(links[2]?.broker as Broker, '**')).toEqual(['n.0', 'n.1', 'n.2'])
})

it('a stream whose leader changes keeps its values, and each relay reads them again', async () => {
  await emptied(nodes[0])
  const { broker, statuses, reasons } = await natsLink(nodes[0])
  await write(broker, 'a', 'x')
  const operator = await stranger(nodes[1])
  const { config } = (await jetStreamCall(operator, 'STREAM.INFO.wildcast-values')) as { readonly config: object }
  await jetStreamCall(operator, 'STREAM.UPDATE.wildcast-values', { ...config, num_replicas: 3 })
  const replicas = async (): Promise<unknown> => jetStreamCall(operator, 'STREAM.INFO.wildcast-values')
  const current = { cluster: { leader: expect.any(String), replicas: [{ current: true }, { current: true }] } }
  await expect.poll(replicas).toMatchObject(current)
  const sweep = async (): Promise<unknown> => valuesOf(broker).sweep?.()
  await sweep().catch(() => {}) // it may have moved already
  await expect.poll(() => statuses.at(-1)).toBe('up')
  const [first, ups] = [await revisionOfWrite(broker, 'a', 'y'), statuses.length]
  await jetStreamCall(operator, 'STREAM.LEADER.STEPDOWN.wildcast-values')
  await expect.poll(replicas).toMatchObject(current)
  await expect
    .poll(() =>
      sweep().then(
        () => statuses.length,
        () => statuses.length,
      ),
    )
    .toBeGreaterThan(ups)
  await expect.poll(() => statuses.at(-1)).toBe('up')
  expect(reasons.at(-1)).toBe('the values at NATS have moved to another server; reading them again')
  expect(text(await read(broker, 'a'))).toBe('y')
  expect((await revisionOfWrite(broker, 'a', 'z', { ifRevision: first })) > first).toBe(true)
})

it('a stream with replicas remembers keys, and forgets those of writes that were refused', async () => {
  await emptied(nodes[0])
  const [here, there] = [(await natsLink(nodes[0])).broker, (await natsLink(nodes[1])).broker]
  await write(here, 'a', 'x')
  const operator = await stranger(nodes[1])
  const { config } = (await jetStreamCall(operator, 'STREAM.INFO.wildcast-values')) as { readonly config: object }
  await jetStreamCall(operator, 'STREAM.UPDATE.wildcast-values', { ...config, num_replicas: 3 })
  const replicas = async (): Promise<unknown> => jetStreamCall(operator, 'STREAM.INFO.wildcast-values')
  const current = { cluster: { leader: expect.any(String), replicas: [{ current: true }, { current: true }] } }
  await expect.poll(replicas).toMatchObject(current)
  const [key, other] = ['k', 'l'].map((name) => ({ name, fingerprint: 'f' }))
  // The stream may have moved meanwhile.
  const tried = (): Promise<unknown> => revisionOfWrite(here, 'b', '1', { key, ifRevision: null }).catch(() => '')
  await expect.poll(tried).toMatch(/-/)
  const { revision: first } = (await read(here, 'b')) ?? {}
  for (const ifRevision of [undefined, null, noRevision])
    expect(await write(there, 'b', '1', { key, ifRevision })).toEqual({
      kind: 'written',
      revision: first,
      repeated: true,
    })
  expect(await write(there, 'b', '2', { key: other, ifRevision: null })).toMatchObject({ kind: 'refused' })
  expect(await write(there, 'b', '2', { key: other, ifRevision: first })).not.toHaveProperty('repeated')
  expect(text(await read(here, 'b'))).toBe('2')
})
