import { type BrokerMessage, parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import type { BrokerRequestOptions } from '../core/broker.js'
import { fakeClock } from '../testing/fake-clock.js'
import { scriptedDriver } from '../testing/scripted-driver.js'
import { down, message, scriptedLink, settled } from '../testing/scripted-link.js'
import { replies } from './replies.js'

it('a request that waits for the link has less time for its first part only', async () => {
  const driver = scriptedDriver()
  const requests: BrokerRequestOptions[] = []
  const { broker, now, pass } = await scriptedLink(
    {
      ...driver,
      connect: async (events) => ({
        ...(await driver.connect(events)),
        request: async (request: BrokerMessage, options: BrokerRequestOptions) => {
          requests.push(options)
          return request
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
  expect(requests).toMatchObject([{ timeoutMs: 1000, firstMs: 900 }])
})

it('a wait with a shorter first timeout uses it for the first part only', async () => {
  const clock = fakeClock()
  const pending = replies(clock)
  const subject = parseSubject('a')
  const answer = pending.wait(subject, { timeoutMs: 1000, firstMs: 10, onPart: () => {} })
  pending.take({ subject, payload: '1', more: true })
  clock.advance(999)
  pending.take({ subject, payload: '2' })
  expect(await answer).toMatchObject({ payload: '2' })
  const late = expect(pending.wait(subject, { timeoutMs: 1000, firstMs: 10 })).rejects.toMatchObject({
    code: 'timeout',
  })
  clock.advance(10)
  await late
})
