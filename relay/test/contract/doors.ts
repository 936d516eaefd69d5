import { decode, encode } from '@msgpack/msgpack'
import { createClient } from '@wildcast/client'
import { parseSubject, WildcastError } from '@wildcast/protocol'
import { expect, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { run } from '../command.js'
import { eventSource } from '../event-source.js'
import { connect } from '../socket.js'
import { ask, client } from '../v1-client.js'
import { badGood, type ContractRelay, good, secret } from './contract-relay.js'

/** Publishes data that fits, or does not. Resolves with `ok`, or with the refusal. */
export type Door = (relay: ContractRelay, fits: boolean) => Promise<string>

const goodOr = (fits: boolean): string => (fits ? good : badGood)
const pairOr = (fits: boolean): string => JSON.stringify({ a: 1, b: fits ? 2 : secret })
const nameOr = (fits: boolean): string => JSON.stringify({ name: fits ? 'Ada' : { secret } })

const frames = {
  publish: (fits: boolean) => ({ Publish: { ref: 1, subject: 'good.apple', message: goodOr(fits) } }),
  error: (fits: boolean) => ({
    Publish: { ref: 1, subject: 'good.apple', message: goodOr(fits), error: { code: 'x', message: 'x' } },
  }),
  part: (fits: boolean) => ({ Publish: { ref: 1, subject: 'good.apple', message: goodOr(fits), more: true } }),
  pattern: (fits: boolean) => ({ Publish: { ref: 1, subject: 'good.*', wildcard: true, message: goodOr(fits) } }),
  value: (fits: boolean) => ({ Publish: { ref: 1, subject: 'stock.apple', retain: true, message: goodOr(fits) } }),
  watched: (fits: boolean) => ({
    Publish: { ref: 1, subject: 'stock.apple', retain: true, when: null, watch: true, message: goodOr(fits) },
  }),
  will: (fits: boolean) => ({
    Publish: { ref: 1, subject: 'stock.apple', retain: true, message: good, will: goodOr(fits) },
  }),
  valueOfMessages: (fits: boolean) => ({
    Publish: { ref: 1, subject: 'good.apple', retain: true, message: goodOr(fits) },
  }),
  request: (fits: boolean) => ({ Request: { ref: 1, subject: 'math.sum', message: pairOr(fits), timeout: 1 } }),
  enter: (fits: boolean) => ({ Enter: { ref: 1, subject: 'room.1', member: 'tab', message: nameOr(fits) } }),
}

/** No responder is there, so a request that fits fails for another reason. */
function outcomeOf(frame: unknown): string {
  const { Error: error } = frame as { readonly Error?: { readonly code: string; readonly message: string } }
  return error === undefined || ['no_responders', 'timeout'].includes(error.code)
    ? 'ok'
    : `${error.code}: ${error.message}`
}

const v1 =
  (frame: keyof typeof frames): Door =>
  async (relay, fits) =>
    outcomeOf(await ask(await client(relay), frames[frame](fits)))

const messagePack: Door = async (relay, fits) => {
  const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+msgpack')
  socket.send(encode(frames.publish(fits)))
  return outcomeOf(decode((await socket.next()) as Buffer))
}

/** v1 over HTTP: frames in the body of a request, answers as lines of another. */
const stream: Door = async (relay, fits) => {
  const url = `http://${relay.address}/stream`
  const opened = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/x-ndjson' },
    body: '{"Connect":{}}',
  })
  const { Welcome } = JSON.parse((await opened.text()).split('\n')[0] ?? '') as { Welcome: { session: string } }
  const headers = { authorization: `Session ${Welcome.session}` }
  const body = JSON.stringify(frames.publish(fits))
  await fetch(`${url}/frames`, { method: 'POST', headers: { ...headers, 'wildcast-from': '1' }, body })
  const answers = await fetch(`${url}/frames`, { headers: { ...headers, 'wildcast-received': '0' } })
  return outcomeOf(JSON.parse((await answers.text()).split('\n')[0] ?? ''))
}

/** v1 over Server-Sent Events. */
const events: Door = async (relay, fits) => {
  const url = `http://${relay.address}/stream`
  const source = await eventSource(url, {}, { method: 'POST', body: '{"Connect":{}}' })
  const { Welcome } = (await source.next()).data as { Welcome?: { session: string } }
  const headers = { authorization: `Session ${Welcome?.session}`, 'wildcast-from': '1' }
  await fetch(`${url}/frames`, { method: 'POST', headers, body: JSON.stringify(frames.publish(fits)) })
  return outcomeOf((await source.next()).data)
}

const http =
  (method: string, path: string, type = 'text/plain'): Door =>
  async (relay, fits) => {
    const headers = { 'content-type': type }
    const body = path.startsWith('/history') ? `[${goodOr(fits)}]` : goodOr(fits)
    return outcomeOfHttp(await fetch(`http://${relay.address}${path}`, { method, headers, body }))
  }

/** A message that fits does not help the one after it. */
const secondOfTwo: Door = async (relay, fits) => {
  const headers = { 'content-type': 'application/json' }
  const body = `[${good},${goodOr(fits)}]`
  return outcomeOfHttp(await fetch(`http://${relay.address}/history/kept.two`, { method: 'POST', headers, body }))
}

async function outcomeOfHttp(response: Response): Promise<string> {
  const text = (await response.text()).trim()
  expect(response.status).toBe(response.ok ? response.status : 422)
  return response.ok ? 'ok' : text
}

/** The envelope has the URI, which the contract limits. An allowed request waits for an answer. */
const classicRequest: Door = async (relay, fits) => {
  const leave = new AbortController()
  const url = `http://${relay.address}/request/cart${fits ? '' : `?${secret}`}`
  const answer = fetch(url, { method: 'POST', signal: leave.signal }).then(outcomeOfHttp)
  answer.catch(() => {})
  const outcome = await Promise.race([answer, isPublished(relay, 'POST.cart')])
  leave.abort()
  return outcome
}

/** A WebSocket without a subprotocol gets no answers: the log has the refusal. */
const classic: Door = async (relay, fits) => {
  const socket = await connect(`ws://${relay.address}/ws`)
  socket.send(JSON.stringify({ Publish: { subject: 'good.apple', message: goodOr(fits) } }))
  if (fits) return isPublished(relay, 'good.apple')
  await expect.poll(() => relay.errors.length, { timeout: 60_000 }).toBeGreaterThan(0)
  const { code, message } = JSON.parse(relay.errors[0] ?? '') as { code: string; message: string }
  return `${code}: ${message}`
}

async function isPublished(relay: ContractRelay, subject: string): Promise<'ok'> {
  await expect.poll(() => relay.published.some((one) => one.subject.endsWith(subject)), { timeout: 60_000 }).toBe(true)
  return 'ok'
}

const sdk: Door = async (relay, fits) => {
  const one = createClient({ url: `ws://${relay.address}`, WebSocket })
  onTestFinished(() => one.close())
  return outcomeOfPromise(one.publish('good.apple', { price: fits ? 1 : secret }))
}

/** As components publish. */
const inside: Door = (relay, fits) =>
  outcomeOfPromise(relay.relay.inside.publish('test', { subject: parseSubject('good.apple'), payload: goodOr(fits) }))

async function outcomeOfPromise(promise: PromiseLike<unknown>): Promise<string> {
  try {
    await promise
    return 'ok'
  } catch (cause) {
    const { code, message } = WildcastError.from(cause)
    return `${code}: ${message}`
  }
}

const command =
  (...args: readonly string[]): Door =>
  async (relay, fits) => {
    const { code, err } = await run([...args, goodOr(fits)], { env: { WILDCAST_URL: `ws://${relay.address}` } })
    return code === 0 ? 'ok' : err.trim()
  }

/** Every way to publish data. */
export const doors: readonly (readonly [name: string, door: Door])[] = [
  ['a publish in v1', v1('publish')],
  ['a publish in v1 to a pattern', v1('pattern')],
  ['a publish in v1 that claims to be an error', v1('error')],
  ['a publish in v1 that claims to be a part', v1('part')],
  ['a publish in MessagePack', messagePack],
  ['a publish in v1 over plain HTTP', stream],
  ['a publish in v1 over Server-Sent Events', events],
  ['a value', v1('value')],
  ['a value that waits for its condition', v1('watched')],
  ['the will of a value', v1('will')],
  ['a value of a subject that has messages', v1('valueOfMessages')],
  ['a request', v1('request')],
  ['a presence', v1('enter')],
  ['POST /publish', http('POST', '/publish/good.apple')],
  ['PUT /value', http('PUT', '/value/stock.apple')],
  ['POST /history', http('POST', '/history/kept.one', 'application/json')],
  ['PUT /history', http('PUT', '/history/kept.new', 'application/json')],
  ['the second message of POST /history', secondOfTwo],
  ['/request', classicRequest],
  ['a classic WebSocket', classic],
  ['the SDK', sdk],
  ['the inside of the relay', inside],
  ['wildcast pub', command('pub', 'good.apple')],
  ['wildcast set', command('set', 'stock.apple')],
]
