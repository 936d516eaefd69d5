import { limits, type Pattern, parsePattern, type Subject } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { MqttDriver } from '../../src/brokers/mqtt/driver.js'
import { newId, realClock } from '../../src/index.js'
import { deaf } from '../../src/testing/listener.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { text } from './link.js'
import { five, mqttLink, spy, versions } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  // The servers of the contract send one copy if filters of MQTT 3.1.1 overlap.
  server = await startMosquitto({ trace: true, config: 'allow_duplicate_messages true' })
  return server.kill
})

/** Returns the lines of the server's log for packets and subscriptions of a client. */
const logOf = (id: string): string => {
  const about = new RegExp(`Received .* from ${id} |: ${id} \\d `)
  return server
    .log()
    .split('\n')
    .filter((line) => about.test(`${line} `))
    .join('\n')
}

const refused = expect.objectContaining({ code: expect.stringMatching(/^(?:invalid_subject|forbidden)$/) })

describe.each(versions)('in version %s', (version) => {
  const open = (id?: string) => mqttLink(server.url, { version, ...(id && { id }) })

  describe('messages', () => {
    it('are plain payloads for mosquitto_pub and mosquitto_sub, at least once (SP-BRK-9)', async () => {
      const { listen, publish } = await open()
      const inboxes = [await listen('good.*'), await listen('good.**')]
      const other = await spy(server.port, 'good/+', [...(version === '5' ? five : []), '-q', '1'])
      const bytes = Uint8Array.of(0, 255, 10)
      await publish('good.apple', bytes)
      expect(await other.next()).toMatchObject({
        topic: 'good/apple',
        payload: Buffer.from(bytes),
        qos: 1,
        retain: false,
      })
      await mosquittoPub(server.port, 'good/pear', bytes)
      for (const inbox of inboxes)
        expect((await inbox.take(2)).map(({ subject, payload }) => [subject, payload])).toEqual([
          ['good.apple', bytes],
          ['good.pear', bytes],
        ])
    })

    it('are delivered again after the server has restarted (SP-BRK-9)', async () => {
      const { listen, statuses } = await open()
      const inboxes = [await listen('again.*'), await listen('again.**')]
      await server.kill()
      await server.restart()
      await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
      await mosquittoPub(server.port, 'again/x', 'here')
      for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
    })

    it('are delivered once to each interest, while interests overlap and end', async () => {
      const { listen, publish } = await open()
      const patterns = ['over.*', 'over.**', '**', 'over.lap', '*.lap', 'over.**.lap']
      const inboxes = await Promise.all(patterns.map((pattern) => listen(pattern)))
      await publish('over.lap', '1')
      await mosquittoPub(server.port, 'over/lap', '2')
      for (const inbox of inboxes) expect((await inbox.take(2)).map(text)).toEqual(['1', '2'])
      const [stays, ...others] = inboxes
      await Promise.all(others.map(({ undo }) => undo()))
      const again = await Promise.all(patterns.slice(1).map((pattern) => listen(pattern)))
      await publish('over.lap', '3')
      await publish('over.lap', '4')
      for (const inbox of [stays, ...again]) expect((await inbox?.take(2))?.map(text)).toEqual(['3', '4'])
      expect(others.flatMap(({ messages }) => messages)).toEqual([])
    })

    it('that were retained before the subscription are not delivered, later ones are', async () => {
      const { listen } = await open()
      await mosquittoPub(server.port, 'kept/x', 'old', ['-r'])
      const inboxes = [await listen('kept.*'), await listen('kept.x'), await listen('kept.**')]
      await mosquittoPub(server.port, 'kept/x', 'new', ['-r'])
      for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['new'])
      await mosquittoPub(server.port, 'kept/x', '', ['-r'])
    })
  })

  describe('names of MQTT', () => {
    it('with characters that subjects may not hold are escaped, and restored when sent', async () => {
      const { listen, publish } = await open()
      const inbox = await listen('names.**')
      const other = await spy(server.port, 'back/#')
      await mosquittoPub(server.port, 'names//a.b/c d/*/>/100%/%2E/%2F/', '')
      const escaped = '%.a%2Eb.c%20d.%2A.%3E.100%.%252E.%2F.%'
      expect((await inbox.take(1))[0]?.subject).toBe(`names.${escaped}`)
      await publish(`back.${escaped}`)
      expect((await other.next()).topic).toBe('back//a.b/c d/*/>/100%/%2E/%2F/')
    })

    it('without a valid subject are dropped and counted, and the link stays up (S5, S15)', async () => {
      const { listen, dropped, statuses } = await open()
      const inbox = await listen('odd.**')
      const odd = [`odd/${'x'.repeat(1021)}`, `odd/${'x'.repeat(65_000)}`, `odd/${'.'.repeat(400)}`, 'odd/a\u2028b']
      for (const topic of odd) await mosquittoPub(server.port, topic, '')
      await mosquittoPub(server.port, 'odd/large', Buffer.alloc(limits.payloadBytes + 1))
      await mosquittoPub(server.port, 'odd/huge', Buffer.alloc(20_000_000))
      await mosquittoPub(server.port, 'odd/last', 'l')
      expect((await inbox.take(1)).map(text)).toEqual(['l'])
      // A server of MQTT 5 gets the limit of packets, and drops the longer one.
      const large = version === '5' ? ['too_large'] : ['too_large', 'too_large']
      expect(dropped).toEqual([...Array(4).fill('foreign_subject'), ...large])
      expect(statuses).toEqual(['up'])
    })

    it('of more than 200 levels, the limit of mosquitto, are refused, and the link stays up (S5)', async () => {
      const { listen, publish, statuses } = await open()
      const deep = (levels: number): string => Array(levels).fill('x').join('.')
      const refused = { code: 'invalid_subject' }
      for (const levels of [201, 250, 256]) {
        await expect(publish(deep(levels))).rejects.toMatchObject(refused)
        await expect(listen(deep(levels))).rejects.toMatchObject(refused)
        await expect(listen(`${deep(levels - 1)}.*`)).rejects.toMatchObject(refused)
      }
      const inbox = await listen(`${deep(199)}.*`)
      await publish(deep(200), 'here')
      expect((await inbox.take(1)).map(text)).toEqual(['here'])
      expect(statuses).toEqual(['up'])
    })

    it('of the server itself match no wildcard', async () => {
      const { listen, publish, statuses } = await open()
      const inboxes = [await listen('**'), await listen('*.broker.**')]
      await server.restart() // it publishes $SYS/broker/… when it starts
      await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
      await publish('own.end', 'end')
      expect((await inboxes[0]?.take(1))?.map(text)).toEqual(['end'])
      expect(inboxes[1]?.messages).toEqual([])
    })
  })

  describe('hostile text of clients', () => {
    const subjects = [
      'a.+',
      'a.#',
      '#',
      '+',
      'a/b',
      'a.\0',
      'a.\u0001',
      'a.\r\nb',
      'a.\u0085',
      'a.\ud800',
      'a.\uffff',
    ].concat(...['a.\u{1fffe}', '', 'a..b', '.a', 'a.', '%', '$SYS.a', '$share.g.a', 'a.*', 'a.>', 'a b']) as Subject[]

    it('is never sent as a topic (S4, S5, S6)', async () => {
      const id = `hostile-${version}`
      const { broker, publish, statuses } = await open(id)
      for (const subject of subjects) {
        await expect(broker.publish({ subject, payload: '' })).rejects.toEqual(refused)
        await expect(broker.request?.({ subject, payload: '' }, { timeoutMs: 60_000 })).rejects.toEqual(refused)
      }
      for (const responseSubject of version === '5' ? (['a.+', 'a.\0', '$SYS.a'] as Subject[]) : [])
        await expect(publish('no', '', { responseSubject })).rejects.toEqual(refused)
      await expect(publish('no', '', { headers: [['k', 'a\uffff']] })).rejects.toMatchObject({
        code: 'unsupported',
      })
      await publish('fine', '')
      await expect.poll(() => logOf(id)).toContain("'fine'")
      expect(logOf(id).match(/PUBLISH/g)).toHaveLength(1)
      expect(statuses).toEqual(['up'])
    })

    it('is never sent as a filter (S4, S5, S6)', async () => {
      const id = `hostile-listener-${version}`
      const { broker, listen, statuses } = await open(id)
      const patterns = [
        'a.+',
        'a.#.b',
        'a/#',
        'a.\0',
        'a.\uffff',
        'a.\ud800',
        '%',
        '$SYS.**',
        '$share.g.a',
      ] as Pattern[]
      for (const pattern of patterns)
        for (const more of [{}, { group: 'g' }, { serve: true }])
          await expect(broker.subscribe({ pattern, ...more }, deaf)).rejects.toEqual(refused)
      if (version === '5')
        for (const group of ['a/b', '+', '#', 'a\0', 'a\ud800', ''])
          await expect(broker.subscribe({ pattern: parsePattern('a'), group }, deaf)).rejects.toEqual(refused)
      await listen('fine.*')
      await expect.poll(() => logOf(id)).toContain(' 1 fine/+')
      expect(logOf(id).match(/SUBSCRIBE/g)).toHaveLength(1)
      expect(statuses).toEqual(['up'])
    })

    it('is refused by the connection if no other check did (B7)', async () => {
      const driver = new MqttDriver({ address: server.url, version }, { clock: realClock, newId })
      const lost: unknown[] = []
      const connection = await driver.connect({ lost: (cause) => lost.push(cause), dropped: () => {} })
      for (const subject of ['a.#', 'a/#', 'a/b'] as Subject[])
        await expect(connection.publish({ subject, payload: '' })).rejects.toMatchObject({ code: 'invalid_subject' })
      await connection.publish({ subject: 'a' as Subject, payload: '' })
      await connection.close()
      await connection.close()
      expect(lost).toEqual([])
    })
  })
})
