import { describe, expect, test } from 'vitest'
import { lock } from '../locks/lock.js'
import { presence } from '../presence/presence.js'
import { connect } from '../testing/connect.js'
import { api } from '../testing/contracted.js'
import { settle } from '../testing/fake-clock.js'
import { connectToValues } from '../testing/value-relay.js'
import { values } from '../values/values.js'

const misfit = { code: 'invalid_payload', message: 'good.apple: "price" must be a number' }

describe('data that does not fit its entry', () => {
  test('is not published: the promise rejects, and nothing is sent', async () => {
    const { client, relay, errors } = await connect({ contract: api })
    const publication = client.publish('good.apple', { price: '3' })
    await expect(publication).rejects.toMatchObject(misfit)
    expect(publication.state).toBe('rejected')
    expect(relay.link.all('Publish')).toEqual([])
    expect(errors).toEqual([])
    expect(await client.publish('good.apple', { price: 3 })).toBe('confirmed')
  })
  test('is not requested, set, entered or put into a lock', async () => {
    const { client, relay, errors } = await connectToValues({ contract: api })
    const { sent } = relay.link
    const before = sent.length
    const store = values(client)
    await expect(client.request('math.sum', 5)).rejects.toMatchObject({
      message: 'math.sum: "length" must be a number',
    })
    await expect(store.set('good.apple', {})).rejects.toMatchObject(misfit)
    await expect(store.set('good.apple', { price: 1 }, { will: { price: '' } })).rejects.toMatchObject(misfit)
    await expect(lock(client, 'seat.1', { data: { name: 1 } })).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(sent).toHaveLength(before)
    const room = presence(client, 'room.42')
    await expect(room.enter({})).rejects.toMatchObject({ message: 'room.42: "name" must be a string' })
    await expect(room.update({ name: 1 })).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(relay.link.all('Enter')).toEqual([])
    expect(errors).toEqual([])
  })
  test('is sent and reported with check: report', async () => {
    const { client, relay, errors } = await connect({ contract: api, check: 'report' })
    expect(await client.publish('good.apple', { price: '3' })).toBe('confirmed')
    expect(relay.link.all('Publish')).toMatchObject([{ message: '{"price":"3"}' }])
    expect(errors).toEqual([{ ...misfit, stage: 'contract' }])
  })
  test('is sent with check: off', async () => {
    const { client, errors } = await connect({ contract: api, check: 'off' })
    expect(await client.publish('good.apple', { price: '3' })).toBe('confirmed')
    expect(errors).toEqual([])
  })
  test('reaches no part of the client that publishes', async () => {
    const published: string[] = []
    const { client } = await connect({
      contract: api,
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
  const { client } = await connect({ contract: api })
  const convertible = { toJSON: () => ({ price: 3 }) }
  expect(await client.publish('good.apple', convertible)).toBe('confirmed')
  await expect(client.publish('good.apple', { price: { toJSON: () => '3' } })).rejects.toMatchObject(misfit)
})

test('a subject without an entry takes any data', async () => {
  const { client } = await connect({ contract: api })
  expect(await client.publish('other', { any: 1 })).toBe('confirmed')
})

test('a template is no subject', async () => {
  const { client, relay } = await connect({ contract: api })
  await expect(client.publish('room.{room}.msg', { text: '' })).rejects.toMatchObject({
    code: 'invalid_subject',
    message: '"room.{room}.msg" is a template: build a subject with subject("room.{room}.msg", { … }) of the contract',
  })
  expect(relay.link.all('Publish')).toEqual([])
})

test('a publish to a pattern must fit all of its entries', async () => {
  const { client } = await connect({ contract: api })
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
    const { client, relay } = await connect({ contract: api })
    await client.publish(subject, data)
    expect(relay.link.all('Publish')).toMatchObject([{ subject, message }])
  })
  test.each([
    ['log.a', new Uint8Array([1]), 'a value with a JSON form'],
    ['note.a', { text: 1 }, 'a string'],
    ['raw.a', 'text', 'a Uint8Array or an ArrayBuffer'],
  ])('refuses for %s the data %j', async (subject, data, form) => {
    const { client } = await connect({ contract: api })
    const publication = client.publish(subject, data)
    await expect(publication).rejects.toThrow(
      new RegExp(`^the contract's entry ".*" has the codec ".*": give ${form}$`),
    )
    await expect(publication).rejects.toBeInstanceOf(TypeError)
  })
})

test('an answer that does not fit is an error for the requester, and reported here', async () => {
  const { client, relay, errors } = await connect({ contract: api })
  await import('../lazy.js')
  client.serve('math.sum', ({ data }) => `${(data as number[]).length}!`)
  await settle()
  const request = { kind: 'Message', id: 1, subject: 'math.sum', broker: 'test', response_subject: 'r.1' } as const
  relay.link.send({ ...request, message: '[1,2]' })
  await settle()
  const refusal = { code: 'invalid_payload', message: 'math.sum (reply): must be a number' }
  expect(relay.link.all('Publish')).toMatchObject([{ subject: 'r.1', message: '', error: refusal }])
  expect(errors).toEqual([{ ...refusal, stage: 'contract' }])
})

test('the broker of an entry is used unless the caller or the scope names one', async () => {
  const { client, relay } = await connect({ contract: api, broker: 'home' })
  await client.publish('log.a', 'x')
  await client.publish('log.a', 'x', { broker: 'other' })
  await client.broker('scoped').publish('log.a', 'x')
  await client.publish('note.a', 'x')
  await client.publish('unknown', 'x')
  expect(relay.link.all('Publish').map(({ broker }) => broker)).toEqual(['logs', 'other', 'scoped', 'home', 'home'])
})

test('a generator may end its answer without a value, after parts that fit', async () => {
  const { client, relay, errors } = await connect({ contract: api })
  await import('../lazy.js')
  client.serve('math.sum', async function* ({ data }) {
    for (const part of data as readonly unknown[]) yield part
  })
  await settle()
  const frame = { kind: 'Message', id: 1, subject: 'math.sum', broker: 'test' } as const
  relay.link.send({ ...frame, response_subject: 'r.1', message: '[1,2]' })
  await settle()
  const answers = relay.link.all('Publish')
  expect(answers).toMatchObject([{ message: '1', more: true }, { message: '2', more: true }, { message: '' }])
  expect(answers.map(({ error }) => error)).toEqual([undefined, undefined, undefined])
  expect(errors).toEqual([])
  relay.link.send({ ...frame, response_subject: 'r.2', message: '[]' })
  await settle()
  expect(relay.link.all('Publish').at(-1)).toMatchObject({ subject: 'r.2', error: { code: 'invalid_payload' } })
})
