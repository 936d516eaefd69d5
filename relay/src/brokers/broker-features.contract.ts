import { type Headers, parsePattern, type Subject } from '@wildcast/protocol'
import { expect } from 'vitest'
import type { Broker } from '../core/broker.js'
import { realClock } from '../core/clock.js'
import { type BrokerUnderTest, linksTo, listen, publish, subject, text } from '../testing/broker-under-test.js'
import type { Inbox } from '../testing/inbox.js'

/** The contract of features: groups, headers, response subjects, publishes to a pattern. */
export function featuresContract({ open, gathersHeaders = false }: BrokerUnderTest): void {
  const { withFeature } = linksTo(open)

  withFeature('queue', 'delivers each message to one member of each group, in turn (SP-BRK-4)', async (broker) => {
    const join = (group: string): Promise<Inbox> => listen(broker, { pattern: parsePattern('job.*'), group })
    const first = await join('workers')
    const second = await join('workers')
    const alone = await join('audit')
    for (const job of ['1', '2', '3']) await publish(broker, `job.${job}`, job)
    expect((await alone.take(3)).map(text)).toEqual(['1', '2', '3'])
    expect((await first.take(2)).map(text)).toEqual(['1', '3'])
    expect((await second.take(1)).map(text)).toEqual(['2'])
  })

  withFeature('queue', 'continues to deliver to a group when a member leaves', async (broker) => {
    const join = (): Promise<Inbox> => listen(broker, { pattern: parsePattern('job'), group: 'workers' })
    const left = await join()
    const other = await join()
    await left.undo()
    for (const job of ['1', '2']) await publish(broker, 'job', job)
    expect((await other.take(2)).map(text)).toEqual(['1', '2'])
  })

  withFeature('response_subject', 'carries the response subject of a message', async (broker) => {
    const inbox = await listen(broker, 'ask')
    await broker.publish({ subject: subject('ask'), payload: '', responseSubject: subject('answer.here') })
    expect((await inbox.take(1))[0]?.responseSubject).toBe('answer.here')
  })

  /** Returns the headers of a message as a subscriber receives them. */
  const carried = async (broker: Broker, headers: Headers): Promise<Headers | undefined> => {
    const inbox = await listen(broker, 'h')
    await broker.publish({ subject: subject('h'), payload: '', headers })
    return (await inbox.take(1))[0]?.headers
  }

  withFeature('headers', 'carries headers with any name, in order', async (broker) => {
    const headers = [
      ['trace', '1'],
      ['constructor', 'x'],
      ['Trace', ''],
      ['hasOwnProperty', 'y'],
      ['a', 'ü, 😀'],
    ] as const
    expect(await carried(broker, headers)).toEqual(headers)
  })

  withFeature('headers', 'carries each value of a repeated header, in order', async (broker) => {
    const [first, other, ...rest] = [
      ['trace', '2'],
      ['other', 'x'],
      ['trace', '1'],
      ['trace', ''],
      ['trace', '2'],
    ] as const
    const headers = [first, other, ...rest]
    expect(await carried(broker, headers)).toEqual(gathersHeaders ? [first, ...rest, other] : headers)
  })

  withFeature('headers', 'carries what a publisher states about a payload, and when it expires', async (broker) => {
    const inbox = await listen(broker, 'stated')
    const beside = { contentType: 'text/plain; ü', correlation: Uint8Array.of(0, 255), format: 1 }
    const expiresAt = realClock.wall() + 600_000
    await broker.publish({ subject: subject('stated'), payload: 'x', headers: [['a', 'b']], beside, qos: 1, expiresAt })
    const [message] = await inbox.take(1)
    expect(message).toMatchObject({ headers: [['a', 'b']], beside, qos: 1 })
    expect(Math.abs((message?.expiresAt ?? 0) - expiresAt)).toBeLessThan(60_000)
  })

  withFeature('request', 'carries the headers of a request and of its answer', async (broker) => {
    if (broker.features.headers !== true) return
    const headers = [
      ['trace', '1'],
      ['trace', '2'],
    ] as const
    const requests = await listen(broker, { pattern: parsePattern('headed'), serve: true })
    const answer = broker.request?.({ subject: subject('headed'), payload: '', headers }, { timeoutMs: 60_000 })
    const [request] = await requests.take(1)
    expect(request?.headers).toEqual(headers)
    await broker.publish({ subject: request?.responseSubject as Subject, payload: '', headers })
    expect((await answer)?.headers).toEqual(headers)
  })

  withFeature(
    'wildcard',
    'publishes to a pattern, once to each interest that overlaps it (T2-MAT-2, T2-MAT-3)',
    async (broker) => {
      const all = [
        await listen(broker, 'lobby.alice'),
        await listen(broker, 'lobby.*'),
        await listen(broker, '*.alice'),
        await listen(broker, '**'),
      ]
      const other = await listen(broker, 'den.bob')
      await broker.publish({ subject: parsePattern('*.alice'), payload: 'hi' })
      await publish(broker, 'den.bob', 'bye')
      for (const inbox of all.slice(0, 3)) expect((await inbox.take(1)).map((m) => m.subject)).toEqual(['*.alice'])
      expect((await other.take(1)).map(text)).toEqual(['bye'])
    },
  )
}
