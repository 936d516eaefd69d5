import { describe, expect, test } from 'vitest'
import { lock } from '../locks/lock.js'
import { presence } from '../presence/presence.js'
import { api } from '../testing/contracted.js'
import { type TestedOptions, tested } from '../testing/tested.js'
import { values } from '../values/values.js'

/** A client with the contract, at a relay without one. */
const contracted = (client?: TestedOptions['client']) =>
  tested({ brokers: ['main', 'logs', 'other', 'scoped', 'home'], client: { contract: api, ...client } })

const misfit = { code: 'invalid_payload', message: 'good.apple: "price" must be a number' }

describe('data that does not fit its entry', () => {
  test('is not published: the promise rejects, and nothing is sent', async () => {
    const { client, relay, errors } = await contracted()
    const publication = client.publish('good.apple', { price: '3' })
    await expect(publication).rejects.toMatchObject(misfit)
    expect(publication.state).toBe('rejected')
    expect(relay.frames('Publish')).toEqual([])
    expect(errors).toEqual([])
    expect(await client.publish('good.apple', { price: 3 })).toBe('confirmed')
  })
  test('is not requested, set, entered or put into a lock', async () => {
    const { client, relay, errors } = await contracted()
    const store = values(client)
    await expect(client.request('math.sum', 5)).rejects.toMatchObject({
      message: 'math.sum: "length" must be a number',
    })
    await expect(store.set('good.apple', {})).rejects.toMatchObject(misfit)
    await expect(store.set('good.apple', { price: 1 }, { will: { price: '' } })).rejects.toMatchObject(misfit)
    await expect(lock(client, 'seat.1', { data: { name: 1 } })).rejects.toMatchObject({ code: 'invalid_payload' })
    expect([...relay.frames('Request'), ...relay.frames('Publish')]).toEqual([])
    const room = presence(client, 'room.42')
    await expect(room.enter({})).rejects.toMatchObject({ message: 'room.42: "name" must be a string' })
    await expect(room.update({ name: 1 })).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(relay.frames('Enter')).toEqual([])
    expect(errors).toEqual([])
  })
  test('is sent and reported with check: report', async () => {
    const { client, relay, errors } = await contracted({ check: 'report' })
    expect(await client.publish('good.apple', { price: '3' })).toBe('confirmed')
    expect(relay.frames('Publish')).toMatchObject([{ message: '{"price":"3"}' }])
    expect(errors).toEqual([{ ...misfit, stage: 'contract' }])
  })
  test('is sent with check: off', async () => {
    const { client, errors } = await contracted({ check: 'off' })
    expect(await client.publish('good.apple', { price: '3' })).toBe('confirmed')
    expect(errors).toEqual([])
  })
  test('reaches no part of the client that publishes', async () => {
    const published: string[] = []
    const { client } = await contracted({
      use: [
        ({ publish }) =>
          (content, report) => {
            published.push(content.subject)
            return publish(content, report)
          },
      ],
    })
    await expect(client.publish('good.apple', {})).rejects.toMatchObject(misfit)
    await client.publish('good.kiwi', { price: 1 })
    expect(published).toEqual(['good.kiwi'])
  })
})

test('data is checked in the form that it has on the wire', async () => {
  const { client } = await contracted()
  const convertible = { toJSON: () => ({ price: 3 }) }
  expect(await client.publish('good.apple', convertible)).toBe('confirmed')
  await expect(client.publish('good.apple', { price: { toJSON: () => '3' } })).rejects.toMatchObject(misfit)
})

test('a subject without an entry takes any data', async () => {
  const { client } = await contracted()
  expect(await client.publish('other', { any: 1 })).toBe('confirmed')
})

test('a template is no subject', async () => {
  const { client, relay } = await contracted()
  await expect(client.publish('room.{room}.msg', { text: '' })).rejects.toMatchObject({
    code: 'invalid_subject',
    message: '"room.{room}.msg" is a template: build a subject with subject("room.{room}.msg", { … }) of the contract',
  })
  expect(relay.frames('Publish')).toEqual([])
})

test('a publish to a pattern must fit all of its entries', async () => {
  const { client } = await contracted()
  await expect(client.publish('good.*', {}, { wildcard: true })).rejects.toMatchObject({ code: 'invalid_payload' })
  expect(await client.publish('good.*', { price: 1 }, { wildcard: true })).toBe('confirmed')
})

describe('the codec of an entry', () => {
  test.each([
    ['log.a', 'hi', '"hi"'],
    ['log.a', '5', '"5"'],
    ['note.a', '5', '5'],
    ['raw.a', new Uint8Array([1, 255]), new Uint8Array([1, 255])],
    ['plain.a', 'hi', 'hi'],
    ['plain.a', '{ not JSON', '{ not JSON'],
    ['plain.a', '5', '"5"'],
    ['plain.a', 'null', '"null"'],
    ['plain.a', ' {"a":1}', '" {\\"a\\":1}"'],
    ['plain.a', '', '""'],
  ])('sends to %s the data %j as %j', async (subject, data, message) => {
    const { client, relay } = await contracted()
    await client.publish(subject, data)
    expect(relay.frames('Publish')).toMatchObject([{ subject, message }])
  })
  test.each([
    ['log.a', new Uint8Array([1]), 'a value with a JSON form'],
    ['note.a', { text: 1 }, 'a string'],
    ['raw.a', 'text', 'a Uint8Array or an ArrayBuffer'],
  ])('refuses for %s the data %j', async (subject, data, form) => {
    const { client } = await contracted()
    const publication = client.publish(subject, data)
    await expect(publication).rejects.toThrow(
      new RegExp(`^the contract's entry ".*" has the codec ".*": give ${form}$`),
    )
    await expect(publication).rejects.toBeInstanceOf(TypeError)
  })
})

test('an answer that does not fit is an error for the requester, and reported here', async () => {
  const { client, relay, errors } = await contracted()
  client.serve('math.sum', ({ data }) => `${(data as number[]).length}!`)
  await relay.settled()
  const refusal = { code: 'invalid_payload', message: 'math.sum (reply): must be a number' }
  await expect(relay.createClient().request('math.sum', [1, 2])).rejects.toMatchObject(refusal)
  expect(errors).toEqual([{ ...refusal, stage: 'contract' }])
})

test('the broker of an entry is used unless the caller or the scope names one', async () => {
  const { client, relay } = await contracted({ broker: 'home' })
  await client.publish('log.a', 'x')
  await client.publish('log.a', 'x', { broker: 'other' })
  await client.broker('scoped').publish('log.a', 'x')
  await client.publish('note.a', 'x')
  await client.publish('unknown', 'x')
  expect(relay.frames('Publish').map(({ broker }) => broker)).toEqual(['logs', 'other', 'scoped', 'home', 'home'])
})

test('a generator may end its answer without a value, after parts that fit', async () => {
  const { client, relay, errors } = await contracted()
  client.serve('math.sum', async function* ({ data }) {
    for (const part of data as readonly unknown[]) yield part
  })
  await relay.settled()
  const other = relay.createClient()
  const parts: unknown[] = []
  const answer = await other.request('math.sum', [1, 2], { onPart: ({ data }) => parts.push(data) })
  expect([parts, answer.data]).toEqual([[1, 2], ''])
  expect(errors).toEqual([])
  await expect(other.request('math.sum', [])).rejects.toMatchObject({ code: 'invalid_payload' })
})
