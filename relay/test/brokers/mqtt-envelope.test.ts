import { decode, encode } from '@msgpack/msgpack'
import type { BrokerMessage, Subject } from '@wildcast/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { Inbox } from '../../src/testing/inbox.js'
import { listener } from '../../src/testing/listener.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub } from '../servers/mosquitto-clients.js'
import { text } from './link.js'
import { mqttLink, spy, versions } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  server = await startMosquitto()
  return server.kill
})

/** Returns a payload of the original. */
const original = (payload: string, subject: string, responseSubject: string | null = null): Uint8Array =>
  encode([[...Buffer.from(payload)], subject, 'mqtt', responseSubject])

describe.each(versions)("the original's form in version %s", (version) => {
  const open = () => mqttLink(server.url, { version, payload: 'envelope' })

  it('carries messages both ways, with the response subject, and counts invalid ones (SP-BRK-9)', async () => {
    const { listen, publish, dropped } = await open()
    const inboxes = [await listen('old.*'), await listen('old.form')]
    const other = await spy(server.port, 'old/+', [])
    await publish('old.form', 'hi', { responseSubject: 'answer.here' as Subject })
    expect(decode((await other.next()).payload)).toEqual([[104, 105], 'old.form', null, 'answer.here'])
    await mosquittoPub(server.port, 'old/form', 'plain')
    await mosquittoPub(server.port, 'old/form', original('ho', 'old.form', 'back.to.me'))
    await mosquittoPub(server.port, 'old/form', original('ha', 'old.form', 'not a subject'))
    for (const inbox of inboxes)
      expect((await inbox.take(3)).map((message) => [text(message), message.responseSubject])).toEqual([
        ['hi', 'answer.here'],
        ['ho', 'back.to.me'],
        ['ha', undefined],
      ])
    expect(dropped.toSorted()).toEqual(['foreign_message', 'foreign_message', 'foreign_subject', 'foreign_subject'])
  })

  it('has requests and answers on request/<id>/<topic> and response/<id>/<topic>', async () => {
    const { serve, request, dropped } = await open()
    const [requests, answers] = [
      await spy(server.port, 'request/+/math/sum', []),
      await spy(server.port, 'response/mine/#', []),
    ]
    const answer = request('math.sum', '1+2')
    const { topic, payload } = await requests.next()
    const id = topic.split('/')[1]
    expect(decode(payload)).toEqual([[49, 43, 50], `request.${id}.math.sum`, null, `response.${id}.math.sum`])
    await mosquittoPub(server.port, `response/${id}/math/sum`, 'no envelope')
    await mosquittoPub(server.port, `response/${id}/math/sum`, original('3', `response.${id}.math.sum`))
    expect(text(await answer)).toBe('3')
    expect(dropped).toEqual(['foreign_message'])
    await serve('math.sum', (request) => [{ payload: `${text(request)}=4` }])
    await mosquittoPub(server.port, 'request/mine/math/sum', original('2+2', 'request.mine.math.sum'))
    const [bytes, subject] = decode((await answers.next()).payload) as [number[], string]
    expect({ payload: Buffer.from(bytes).toString(), subject }).toEqual({
      payload: '2+2=4',
      subject: 'response.mine.math.sum',
    })
  })

  it('carries parts, failures, and the refusal of a responder that leaves', async () => {
    const { broker, request, serve } = await open()
    const error = { code: 'out of stock', message: 'nothing left' }
    await serve('shop.count', () => [{ payload: '1', more: true }, { payload: '2', more: true }, { payload: '3' }])
    await serve('shop.buy', () => [{ error }])
    const parts: string[] = []
    const last = await request('shop.count', '', (part) => parts.push(text(part)))
    expect([...parts, text(last)]).toEqual(['1', '2', '3'])
    expect((await request('shop.buy')).error).toEqual(error)
    const requests = new Inbox()
    const take = listener((request: BrokerMessage) => requests.put(request))
    const leave = await broker.subscribe({ pattern: 'shop.close' as Subject, serve: true }, take)
    const refused = expect(request('shop.close')).rejects.toMatchObject({ code: 'no_responders' })
    await requests.take(1)
    await leave()
    await refused
  })
})
