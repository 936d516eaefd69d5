import { describe, expect, it } from 'vitest'
import { listen, publish, text } from '../../src/testing/broker-under-test.js'
import { append, payloadsOfHistory, rule } from '../../src/testing/history-under-test.js'
import { read, write } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Nats, startNats } from '../servers/nats.js'
import { natsClient } from '../servers/nats-client.js'
import { opened } from './nats-link.js'
import { jetStreamCall } from './nats-store.js'

const auth = { kind: 'user', user: 'relay', password: 'x' } as const
const history = [rule('room.*.msg'), rule('log.*')]

/** A server at which the user of the relays has these permissions. */
async function serverWith(permissions: string): Promise<Nats> {
  const users = `[{ user: relay, password: x, permissions: { ${permissions} } }, { user: other, password: x }]`
  return endsWithTest(await startNats({ jetstream: true, config: `authorization { users: ${users} }` }))
}

/** Opens a relay that may do everything else, and one of another user. */
async function openedBy(server: Nats, user: string) {
  return (await opened({ addresses: [server.url], history, auth: { ...auth, user } })).broker
}

const forbidden = (what: string): object => ({
  code: 'forbidden',
  message: expect.stringMatching(new RegExp(`may not publish to "${what}.*look at the permissions of its user`)),
})

describe('a history on NATS with limited permissions', () => {
  it('is off without the subjects of kept messages, with the remedy, and others are served', async () => {
    for (const permissions of [
      'subscribe: { deny: ["$wildcast.kept.>"] }',
      'publish: { deny: ["$JS.API.STREAM.*.*"] }',
    ]) {
      const broker = await openedBy(await serverWith(permissions), 'relay')
      expect(broker.features.history).toMatch(/needs the subjects of the history and JetStream; see docs\/state\.md/)
      expect(broker.history).toBeUndefined()
      const inbox = await listen(broker, 'room.**')
      await publish(broker, 'room.1.msg', 'not kept')
      expect((await inbox.take(1)).map(text)).toEqual(['not kept'])
    }
  })

  it('refuses a message of a subject to which it may not publish, and no other', async () => {
    const server = await serverWith('publish: { deny: ["room.secret.msg"] }')
    const broker = await openedBy(server, 'relay')
    const inbox = await listen(broker, 'room.**')
    const ends = await Promise.allSettled([
      append(broker, 'room.1.msg', 'a'),
      append(broker, 'room.secret.msg', 'b'),
      append(broker, 'log.1', 'c'),
      append(broker, 'room.2.msg', 'd'),
    ])
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(ends[1]).toMatchObject({ reason: forbidden('room.secret.msg') })
    expect((await inbox.take(2)).map(text)).toEqual(['a', 'd'])
    expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual(['a', 'd'])
  })

  it.each([
    ['CONSUMER.CREATE.*', '\\$JS\\.API\\.CONSUMER\\.CREATE'],
    ['CONSUMER.MSG.NEXT.*.*', '\\$JS\\.API\\.CONSUMER\\.MSG\\.NEXT'],
  ])('refuses pages without %s, and keeps and delivers what is published', async (denied, named) => {
    const server = await serverWith(`publish: { deny: ["$JS.API.${denied}"] }`)
    const broker = await openedBy(server, 'relay')
    const inbox = await listen(broker, 'room.*.msg')
    await append(broker, 'room.1.msg', 'a')
    await expect(payloadsOfHistory(broker, 'room.*.msg')).rejects.toMatchObject(forbidden(named))
    await append(broker, 'room.1.msg', 'b')
    await write(broker, 'lamp', 'on')
    expect(await read(broker, 'lamp')).toMatchObject({ subject: 'lamp' })
    expect((await inbox.take(2)).map(text)).toEqual(['a', 'b'])
    expect(await payloadsOfHistory(await openedBy(server, 'other'), 'room.*.msg')).toEqual(['a', 'b'])
  })

  it('works without those that only tidy up or change limits', async () => {
    const denied = ['CONSUMER.DELETE.*.*', 'STREAM.UPDATE.*'].map((name) => `"$JS.API.${name}"`)
    const server = await serverWith(`publish: { deny: [${denied.join(', ')}] }`)
    const broker = await openedBy(server, 'relay')
    await append(broker, 'room.1.msg', 'a')
    expect(await payloadsOfHistory(broker, 'room.*.msg')).toEqual(['a'])
    const other = { history: [rule('room.*.msg', { messages: 5 })], store: { values: 5 }, auth }
    await write(broker, 'lamp', 'on')
    const { broker: next } = await opened({ addresses: [server.url], ...other })
    expect([next.features.history, next.features.retained]).toEqual([true, true])
    expect(await payloadsOfHistory(next, 'room.*.msg')).toEqual(['a'])
  })
})

describe('a history on NATS that is full', () => {
  const full = {
    code: 'storage_full',
    message: expect.stringMatching(/NATS has no room for it \(.+\): delete values or messages, or raise the limits/),
  }
  const large = 'x'.repeat(300_000)

  it('fails for what has no room on the disk: others are served, and nothing acknowledged is lost', async () => {
    const server = endsWithTest(await startNats({ jetstream: true, maxFileStore: '1MB' }))
    const { broker, events } = await opened({ addresses: [server.url], history })
    const inbox = await listen(broker, 'room.*.msg')
    const kept: string[] = []
    const ends = await Promise.allSettled(
      Array.from({ length: 6 }, async (_, i) => {
        await append(broker, 'room.1.msg', `${i}${large}`)
        kept.push(`${i}`)
      }),
    )
    const refused = ends.filter((end) => end.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const { reason } of refused) expect(reason).toMatchObject(full)
    await publish(broker, 'plain', 'x')
    const [first = ''] = kept
    expect((await inbox.take(kept.length)).map((message) => text(message)[0])).toEqual(kept)
    expect((await payloadsOfHistory(broker, 'room.*.msg')).map((payload) => payload[0])).toEqual(kept)
    expect(first).toBe('0')
    expect(events).toEqual(['up'])
  })

  it('fails for what an operator has limited, and names the setting to the next relay', async () => {
    const server = endsWithTest(await startNats({ jetstream: true }))
    const { broker, events } = await opened({ addresses: [server.url], history })
    const client = await natsClient(server)
    const { streams } = (await jetStreamCall(client, 'STREAM.LIST')) as {
      readonly streams: readonly { readonly config: { readonly name: string; readonly subjects: readonly string[] } }[]
    }
    const config = streams.map((one) => one.config).find(({ subjects }) => subjects.includes('room.*.msg'))
    await jetStreamCall(client, `STREAM.UPDATE.${config?.name}`, { ...config, discard: 'new', max_bytes: 700_000 })
    await append(broker, 'room.1.msg', `0${large}`)
    await append(broker, 'room.1.msg', `1${large}`)
    await expect(append(broker, 'room.1.msg', `2${large}`)).rejects.toMatchObject(full)
    await append(broker, 'log.1', large)
    await write(broker, 'lamp', 'on')
    expect((await payloadsOfHistory(broker, 'room.*.msg')).map((payload) => payload[0])).toEqual(['0', '1'])
    expect(events).toEqual(['up'])
    const next = (await opened({ addresses: [server.url], history })).broker
    expect(next.features.history).toMatch(/^the stream "wildcast-history-\w+" at NATS has another "discard" than/)
    await client.close()
  })
})
