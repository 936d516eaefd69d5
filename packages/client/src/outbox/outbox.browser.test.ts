import { describe, expect, test } from 'vitest'
import { keptIn, type OutboxPage, openPage } from '../testing/outbox-page.js'

let count = 0
const freshName = (): string => `${crypto.randomUUID()} ${++count}`

const sent = ({ relay }: OutboxPage): unknown[] =>
  relay.links.flatMap((link) => link.all('Publish')).map(({ message }) => message)
const keys = ({ relay }: OutboxPage): unknown[] =>
  relay.links.flatMap((link) => link.all('Publish')).map(({ key }) => key)
/** Connects a page that was offline. */
async function goOnline({ relay, clock }: OutboxPage): Promise<void> {
  relay.obliging = true
  relay.link.open()
  await clock.advance(0)
}

describe('a message', () => {
  test('is stored before it is sent, has a key, and is removed when it is confirmed', async () => {
    const name = freshName()
    const page = openPage({ name, mute: true })
    const publication = page.client.publish('a', 'hi')
    expect(publication.state).toBe('waiting')
    expect(publication.key).toMatch(/^[\w-]{22}$/)
    await expect.poll(() => sent(page)).toEqual(['hi'])
    expect(publication.state).toBe('sent')
    expect(keys(page)).toEqual([publication.key])
    expect(await keptIn(name)).toEqual(['hi'])
    page.relay.link.send({ kind: 'Ack', ref: 1 })
    expect(await publication).toBe('confirmed')
    await expect.poll(() => keptIn(name)).toEqual([])
    page.client.close()
    expect(page.errors).toEqual([])
  })
  test('keeps the key of the caller', async () => {
    const page = openPage({ name: freshName() })
    const publication = page.client.publish('a', 'hi', { key: 'mine' })
    expect(publication.key).toBe('mine')
    await publication
    expect(keys(page)).toEqual(['mine'])
    page.client.close()
  })
  test('that the relay refuses is rejected and removed', async () => {
    const name = freshName()
    const page = openPage({ name })
    const { answer } = page.relay
    page.relay.answer = (frame) =>
      frame.kind === 'Publish'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
        : answer(frame)
    await expect(page.client.publish('a', 'hi')).rejects.toMatchObject({ code: 'forbidden' })
    await expect.poll(() => keptIn(name)).toEqual([])
    page.client.close()
    expect(page.errors).toEqual([])
  })
  test('that cannot be encoded is rejected alone', async () => {
    const page = openPage({ name: freshName() })
    const wrong = (value: unknown): never => value as never
    await expect(page.client.publish('a', 'x', { broker: wrong(1n) })).rejects.toMatchObject({ code: 'invalid_frame' })
    expect(await page.client.publish('a', 'x')).toBe('confirmed')
    page.client.close()
    expect(page.errors).toEqual([])
  })
})

test('hundreds of publishes are sent in order, with at most 64 in flight', async () => {
  const name = freshName()
  const page = openPage({ name, offline: true, queue: 0 })
  const texts = Array.from({ length: 300 }, (_, i) => `${i}`)
  const all = texts.map((text) => page.client.publish('a', text))
  await expect.poll(async () => (await keptIn(name)).length).toBe(300)
  const { answer } = page.relay
  page.relay.answer = (frame) => (frame.kind === 'Publish' ? 'nothing' : answer(frame))
  await goOnline(page)
  await expect.poll(() => sent(page).length).toBe(64)
  page.relay.answer = answer
  for (const { ref = 0 } of page.relay.link.all('Publish')) page.relay.link.send({ kind: 'Ack', ref })
  expect(new Set(await Promise.all(all))).toEqual(new Set(['confirmed']))
  expect(sent(page)).toEqual(texts)
  await expect.poll(() => keptIn(name)).toEqual([])
  page.client.close()
})

describe('after a reload', () => {
  test('unsent messages are sent unchanged and in order', async () => {
    const name = freshName()
    const before = openPage({ name, offline: true })
    const headers = { trace: '7', link: ['/a', '/b'] }
    const publications = [
      before.client.publish('a', 'tëxt', { headers, broker: 'b', responseSubject: 'r' }),
      before.client.publish('b', new Uint8Array([0xff, 0, 1])),
      before.client.publish('c', { price: 3 }),
    ]
    await expect.poll(async () => (await keptIn(name)).length).toBe(3)
    before.client.close()
    expect(await Promise.all(publications)).toEqual(['unknown', 'unknown', 'unknown'])

    const after = openPage({ name })
    const own = after.client.publish('d', 'new')
    expect(await own).toBe('confirmed')
    expect(after.relay.link.all('Publish')).toMatchObject([
      {
        subject: 'a',
        message: 'tëxt',
        headers: [
          ['trace', '7'],
          ['link', '/a'],
          ['link', '/b'],
        ],
        broker: 'b',
        response_subject: 'r',
      },
      { subject: 'b', message: new Uint8Array([0xff, 0, 1]) },
      { subject: 'c', message: '{"price":3}' },
      { subject: 'd' },
    ])
    expect(keys(after)).toEqual([...publications, own].map(({ key }) => key))
    await expect.poll(() => keptIn(name)).toEqual([])
    after.client.close()
    expect([...before.errors, ...after.errors]).toEqual([])
  })
  /** A message that was sent to the relay `r` and not answered. */
  async function unanswered(name: string) {
    const before = openPage({ name, mute: true })
    const { key } = before.client.publish('a', 'secret')
    await expect.poll(() => sent(before)).toEqual(['secret'])
    before.crash()
    return { key, now: before.clock.now() }
  }
  test('a message in flight is sent to the same relay again, under its key', async () => {
    const name = freshName()
    const { key, now } = await unanswered(name)
    const after = openPage({ name, now: now + 99_000 })
    await expect.poll(() => keys(after)).toEqual([key])
    await expect.poll(() => keptIn(name)).toEqual([])
    after.client.close()
    expect(after.errors).toEqual([])
  })
  test.each([
    ['at another relay', 'other', 0],
    ['when the relay may have deleted its key', 'r', 100_000],
  ])('a message in flight is unknown %s: that is reported, and the message is removed', async (_, process, ms) => {
    const name = freshName()
    const { now } = await unanswered(name)
    const after = openPage({ name, process, now: now + ms })
    await expect.poll(() => keptIn(name)).toEqual([])
    expect(sent(after)).toEqual([])
    expect(after.errors).toMatchObject([
      { stage: 'outbox', code: 'interrupted', message: expect.stringContaining('"a"') },
    ])
    expect(JSON.stringify(after.errors)).not.toContain('secret')
    after.client.close()
  })
  test('a message queued while offline counts as sent once it was sent', async () => {
    const name = freshName()
    const before = openPage({ name, mute: true, offline: true })
    void before.client.publish('a', 'secret').outcome
    await expect.poll(() => keptIn(name)).toEqual(['secret'])
    await goOnline(before)
    await expect.poll(() => sent(before)).toEqual(['secret'])
    before.crash()
    const after = openPage({ name, process: 'other' })
    await expect.poll(() => keptIn(name)).toEqual([])
    expect(sent(after)).toEqual([])
    expect(after.errors).toMatchObject([{ stage: 'outbox', code: 'interrupted' }])
    after.client.close()
  })
  test('the time limit of a second repeat counts from the first sending', async () => {
    const name = freshName()
    const { now } = await unanswered(name)
    const after = openPage({ name, mute: true, now: now + 60_000 })
    await expect.poll(() => sent(after)).toEqual(['secret'])
    after.clock.set(now + 110_000)
    after.relay.link.drop()
    await after.clock.advance(6000)
    await expect.poll(() => keptIn(name)).toEqual([])
    expect(sent(after)).toEqual(['secret'])
    expect(after.errors).toMatchObject([{ stage: 'outbox', code: 'interrupted' }])
    after.client.close()
  })
  test('a refusal of an earlier message is reported', async () => {
    const name = freshName()
    const before = openPage({ name, offline: true })
    void before.client.publish('a', 'secret').outcome
    await expect.poll(() => keptIn(name)).toEqual(['secret'])
    before.crash()
    const after = openPage({ name })
    const { answer } = after.relay
    after.relay.answer = (frame) =>
      frame.kind === 'Publish'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
        : answer(frame)
    await expect.poll(() => keptIn(name)).toEqual([])
    expect(after.errors).toMatchObject([{ stage: 'outbox', code: 'forbidden' }])
    after.client.close()
  })
})

describe('two pages at once', () => {
  test('send their own messages, each once', async () => {
    const name = freshName()
    const pages = [openPage({ name }), openPage({ name })] as const
    const publications = Array.from({ length: 40 }, (_, i) => pages[i % 2 ? 1 : 0].client.publish('a', `${i}`))
    await Promise.all(publications)
    const numbers = pages.map((page) => sent(page).map(Number))
    expect(numbers.map((all) => all.map((n) => n % 2))).toEqual([Array(20).fill(0), Array(20).fill(1)])
    for (const all of numbers) expect(all).toEqual([...all].sort((a, b) => a - b))
    await expect.poll(() => keptIn(name)).toEqual([])
    for (const { client } of pages) client.close()
  })
  test('do not send the messages of the other while it lives', async () => {
    const name = freshName()
    const first = openPage({ name, offline: true })
    void first.client.publish('a', 'of the first').outcome
    await expect.poll(() => keptIn(name)).toHaveLength(1)
    const second = openPage({ name })
    await second.client.publish('a', 'of the second')
    await second.clock.advance(60_000)
    expect(sent(second)).toEqual(['of the second'])
    await goOnline(first)
    await expect.poll(() => sent(first)).toEqual(['of the first'])
    for (const { client } of [first, second]) client.close()
  })
  test('the newer page takes over at once when the older one crashes', async () => {
    const name = freshName()
    const first = openPage({ name, offline: true })
    for (const text of ['1', '2']) void first.client.publish('a', text).outcome
    await expect.poll(() => keptIn(name)).toHaveLength(2)
    const second = openPage({ name })
    await second.client.publish('a', 'own')
    first.crash()
    await expect.poll(() => sent(second)).toEqual(['own', '1', '2'])
    await expect.poll(() => keptIn(name)).toEqual([])
    second.client.close()
  })
  test('the older page takes over within 30 s when the newer one crashes', async () => {
    const name = freshName()
    const first = openPage({ name })
    await first.client.publish('a', 'own')
    const second = openPage({ name, offline: true })
    void second.client.publish('a', 'left').outcome
    await expect.poll(() => keptIn(name)).toHaveLength(1)
    second.crash()
    await first.clock.advance(30_000)
    await expect.poll(() => sent(first)).toEqual(['own', 'left'])
    first.client.close()
  })
  test('and a third: one of two takes over when the third crashes', async () => {
    const name = freshName()
    const first = openPage({ name, offline: true })
    void first.client.publish('a', 'left').outcome
    await expect.poll(() => keptIn(name)).toHaveLength(1)
    const others = [openPage({ name }), openPage({ name })]
    for (const { client } of others) await client.publish('a', 'own')
    first.crash()
    await expect.poll(() => others.flatMap(sent)).toHaveLength(3)
    await expect.poll(() => keptIn(name)).toEqual([])
    expect(others.flatMap(sent).filter((text) => text === 'left')).toHaveLength(1)
    for (const { client } of others) client.close()
  })
})

test('after a final refusal of the relay, reconnect() sends the messages again under their keys', async () => {
  const name = freshName()
  const page = openPage({ name, mute: true })
  const publication = page.client.publish('a', 'hi')
  await expect.poll(() => sent(page)).toEqual(['hi'])
  page.relay.link.drop(4501)
  await expect(page.client.publish('a', 'later')).rejects.toMatchObject({ code: 'unauthorized' })
  expect(publication.state).toBe('sent')
  page.relay.answer = () => undefined
  page.client.reconnect()
  expect(await publication).toBe('confirmed')
  expect(keys(page)).toEqual([publication.key, publication.key])
  page.client.close()
})
