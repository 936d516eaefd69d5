import type { BrokerMessage, Subject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { MqttConnection } from './connection.js'
import type { Exchange } from './exchange.js'
import type { Take } from './routes.js'
import { serverOf } from './server.js'
import type { Incoming } from './wire.js'

/**
 * Opens a connection whose packets are requests, each to be answered on the subject of its topic.
 */
function openConnection() {
  const published: BrokerMessage[] = []
  let request: Take = () => {}
  const exchange: Exchange = {
    read: () => undefined,
    servedFilter: (topic) => topic,
    readRequest: ({ topic }, subject) => ({ subject, payload: '', responseSubject: topic as Subject }),
    publish: async (message) => void published.push(message),
    request: async (message) => message,
    end: () => {},
  }
  const routes = {
    add(_: string, take: Take) {
      request = take
      return { confirmed: Promise.resolve(), end: async () => {} }
    },
    mark: async () => {},
    close: async () => {},
  }
  const connection = new MqttConnection({ server: serverOf({}, 5), routes, exchange, clock: fakeClock() })
  const serving = connection.subscribe(
    { key: 's', filter: 's', exact: true, wildcard: false, single: true, served: 's' as Subject },
    () => {},
  )
  return { connection, serving, published, request: (topic: string) => request({ topic, payload: '' } as Incoming) }
}

it('a responder that leaves refuses its pending requests, up to a limit', async () => {
  const { connection, serving, published, request } = openConnection()
  for (let i = 0; i < 11_000; i++) request(`answer.${i}`)
  await connection.publish({ subject: 'answer.10999' as Subject, payload: 'part', more: true })
  await connection.publish({ subject: 'answer.10998' as Subject, payload: 'whole' })
  published.length = 0
  await serving.end()
  request('answer.late')
  expect(published.map(({ error }) => error?.code)).toEqual(Array(10_000).fill('no_responders'))
  const subjects = published.map(({ subject }) => subject)
  expect([subjects[0], ...subjects.slice(-3)]).toEqual(['answer.1000', 'answer.10997', 'answer.10999', 'answer.late'])
})
