import { type BrokerMessage, encodeUtf8, parsePattern, payloadBytes } from '@wildcast/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { type BrokerUnderTest, linksTo, listen, longestSubjects, publish, text } from '../testing/broker-under-test.js'
import { listener } from '../testing/listener.js'

/** The contract of every broker for messages and subscriptions. */
export function deliveryContract(under: BrokerUnderTest): void {
  const { link } = linksTo(under.open)

  it('reports that its link is up', async () => {
    const { statuses } = await link()
    expect(statuses).toEqual(['up'])
  })

  it('gives a reason for each feature that it does not have', async () => {
    const { broker } = await link()
    for (const can of Object.values(broker.features)) if (can !== true) expect(can.length).toBeGreaterThan(10)
  })

  it('delivers matching messages once a subscription is confirmed, and no others', async () => {
    const { broker } = await link()
    const inbox = await listen(broker, 'good.*')
    await publish(broker, 'good.apple', 'yes')
    await publish(broker, 'bad.apple', 'no')
    await publish(broker, 'good.a.b', 'no')
    await publish(broker, 'good.last', 'last')
    expect((await inbox.take(2)).map(text)).toEqual(['yes', 'last'])
  })

  it.each([
    ['message.test', true],
    ['test.message', false],
    ['message.a.b', false],
  ])('lets "*" stand for one segment: message.* and %s (SP-BRK-1)', async (to, matches) => {
    const { broker } = await link()
    const inbox = await listen(broker, 'message.*')
    await publish(broker, to, 'matched')
    await publish(broker, 'message.end', 'end')
    expect((await inbox.take(matches ? 2 : 1)).map(text)).toEqual(matches ? ['matched', 'end'] : ['end'])
  })

  it('delivers once to each of several interests that overlap', async () => {
    const { broker } = await link()
    const inboxes = [
      await listen(broker, 'a.*.c'),
      await listen(broker, 'a.**'),
      await listen(broker, '**.c'),
      await listen(broker, 'a.b.c'),
    ]
    await publish(broker, 'a.b.c', 'one')
    await publish(broker, 'a.x.c', 'two')
    const all = await Promise.all(inboxes.map((inbox, i) => inbox.take(i === 3 ? 1 : 2)))
    expect(all.map((messages) => messages.map(text))).toEqual([['one', 'two'], ['one', 'two'], ['one', 'two'], ['one']])
  })

  it('keeps the order of one publisher', async () => {
    const { broker } = await link()
    const inbox = await listen(broker, 'n.*')
    const numbers = Array.from({ length: 1000 }, (_, i) => String(i))
    await Promise.all(numbers.map((number, i) => publish(broker, `n.${i % 7}`, number)))
    expect((await inbox.take(1000)).map(text)).toEqual(numbers)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['every byte value', Uint8Array.from({ length: 256 }, (_, i) => i)],
    ['broken UTF-8', Uint8Array.of(0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80)],
    ['a byte order mark', encodeUtf8('\ufeffx')],
    ['1 MiB', new Uint8Array(1024 * 1024).fill(7)],
  ])('leaves a payload of %s unchanged', async (_, payload) => {
    const { broker } = await link()
    const inbox = await listen(broker, 'bytes')
    await publish(broker, 'bytes', payload)
    const [message] = await inbox.take(1)
    expect(Buffer.compare(payloadBytes((message as BrokerMessage).payload), payload)).toBe(0)
  })

  it('delivers nothing after the undo, and continues to deliver to others', async () => {
    const { broker } = await link()
    const left = await listen(broker, 'x.*')
    const other = await listen(broker, 'x.**')
    await left.undo()
    await publish(broker, 'x.y', 'after')
    await other.take(1)
    expect(left.messages).toEqual([])
  })

  it('ignores a second undo', async () => {
    const { broker } = await link()
    const inbox = await listen(broker, 'x')
    await inbox.undo()
    await inbox.undo()
    const again = await listen(broker, 'x')
    await publish(broker, 'x', 'here')
    expect((await again.take(1)).map(text)).toEqual(['here'])
  })

  it('hides the derived subjects of requests from leading wildcards, but not subjects of similar form', async () => {
    const { broker } = await link()
    const inbox = await listen(broker, '**')
    await publish(broker, 'request.01JAVA0ZZZZZZZZZZZZZZZZZZZ.x', 'no')
    await publish(broker, 'request.x', 'yes')
    expect((await inbox.take(1)).map(text)).toEqual(['yes'])
  })

  it('carries text in the form of an escape unchanged', async () => {
    const { broker } = await link()
    const inbox = await listen(broker, 'escaped.*')
    const subjects = ['%41', '%25', '%2541', '%0A', '%2f'].map((segment) => `escaped.${segment}`)
    for (const one of subjects) await publish(broker, one, '')
    expect((await inbox.take(subjects.length)).map((message) => message.subject)).toEqual(subjects)
  })

  it.each(longestSubjects(under))(
    'carries a message on a subject of $of, to exact and wildcard subscribers',
    async ({ name }) => {
      const { broker } = await link()
      const inboxes = [await listen(broker, name), await listen(broker, name.replace(/^[^.]+/, '**'))]
      await publish(broker, name, 'far')
      for (const inbox of inboxes) {
        const [message] = await inbox.take(1)
        expect(message?.subject).toBe(name)
        expect(text(message as BrokerMessage)).toBe('far')
      }
    },
  )

  it('publishes from inside a delivery after that delivery, in the same order for all subscribers', async () => {
    const { broker } = await link()
    const undo = await broker.subscribe(
      { pattern: parsePattern('first') },
      listener(() => void publish(broker, 'second', '2')),
    )
    onTestFinished(() => undo())
    const inbox = await listen(broker, '**')
    await publish(broker, 'first', '1')
    expect((await inbox.take(2)).map(text)).toEqual(['1', '2'])
  })

  it('rejects publishes and subscriptions after it is closed', async () => {
    const { broker } = await link()
    await broker.close()
    await expect(publish(broker, 'late', 'x')).rejects.toMatchObject({ code: 'broker_down' })
    await expect(listen(broker, 'late')).rejects.toMatchObject({ code: 'broker_down' })
    await broker.close()
  })
}
