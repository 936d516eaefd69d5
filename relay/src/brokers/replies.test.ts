import { type BrokerMessage, parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { BrokerRequestOptions } from '../core/broker.js'
import { fakeClock } from '../testing/fake-clock.js'
import { scriptedDriver } from '../testing/scripted-driver.js'
import { down, message, scriptedLink, settled } from '../testing/scripted-link.js'
import { replies } from './replies.js'

it('a request that waited for the link has the rest of its time for the first part, and all of it for each later one', async () => {
  const driver = scriptedDriver()
  const asked: BrokerRequestOptions[] = []
  const { broker, now, pass } = await scriptedLink(
    {
      ...driver,
      connect: async (events) => ({
        ...(await driver.connect(events)),
        request: async (question: BrokerMessage, options: BrokerRequestOptions) => {
          asked.push(options)
          return question
        },
      }),
    },
    { publishTimeoutMs: 1000 },
  )
  now().lose(down('cut'))
  await settled()
  const answer = broker.request?.(message('sum'), { timeoutMs: 1000 })
  await pass(100)
  await answer
  expect(asked).toMatchObject([{ timeoutMs: 1000, firstMs: 900 }])
})

it('waits for less time before the first part only', async () => {
  const clock = fakeClock()
  const waiting = replies(clock)
  const subject = parseSubject('a')
  const answer = waiting.wait(subject, { timeoutMs: 1000, firstMs: 10, onPart: () => {} })
  waiting.take({ subject, payload: '1', more: true })
  clock.advance(999)
  waiting.take({ subject, payload: '2' })
  expect(await answer).toMatchObject({ payload: '2' })
  const late = expect(waiting.wait(subject, { timeoutMs: 1000, firstMs: 10 })).rejects.toMatchObject({
    code: 'timeout',
  })
  clock.advance(10)
  await late
})
