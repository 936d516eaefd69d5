import { type BrokerMessage, type Pattern, parsePattern, type Subject, WildcastError } from '@wildcast/protocol'
import { expect, it, onTestFinished } from 'vitest'
import type { Broker, Interest } from '../core/broker.js'
import { Cancel } from '../core/cancel.js'
import {
  type BrokerUnderTest,
  linksTo,
  listen,
  longestSubjects,
  publish,
  subject,
  text,
} from '../testing/broker-under-test.js'
import { Inbox } from '../testing/inbox.js'
import { deaf, listener } from '../testing/listener.js'
import { longWaits } from '../testing/long-waits.js'

/** The contract of a broker with requests and responders. */
export function requestsContract(under: BrokerUnderTest): void {
  const { open, knowsServers = true, knowsAskers = true } = under
  const { link, withFeature } = linksTo(open)

  withFeature(
    'request',
    'delivers a request to the responder, and its first final answer to the caller',
    async (broker) => {
      await serve(broker, 'math.sum', (request, answer) => answer({ payload: `${text(request)}=3` }))
      const answer = await broker.request?.({ subject: subject('math.sum'), payload: '1+2' }, { timeoutMs })
      expect(answer && text(answer)).toBe('1+2=3')
    },
  )

  withFeature('request', 'delivers parts in order before the final answer', async (broker) => {
    await serve(broker, 'count', (_, answer) => {
      answer({ payload: '1', more: true })
      answer({ payload: '2', more: true })
      answer({ payload: '3' })
    })
    const parts: string[] = []
    const last = await broker.request?.(
      { subject: subject('count'), payload: '' },
      { timeoutMs, onPart: (part) => parts.push(text(part)) },
    )
    expect([...parts, last && text(last)]).toEqual(['1', '2', '3'])
  })

  it('request: starts the timeout again with each part', async () => {
    const clock = longWaits()
    const { broker } = await link(clock)
    if (broker.features.request !== true) return
    const { requests, parts, outcome, part } = await stream(broker)
    for (const round of ['1', '2', '3']) {
      await part(round)
      await parts.take(1)
      clock.advance(50_000) // the time that the link took to send the request counts as well
    }
    clock.advance(10_000)
    await expect(outcome).rejects.toMatchObject({ code: 'timeout' })
    expect(requests.messages).toEqual([])
  })

  if (knowsAskers)
    it('request: refuses parts once the caller has cancelled', async () => {
      const { broker } = await link()
      if (broker.features.request !== true) return
      const { parts, outcome, part, cancel } = await stream(broker)
      await part('1')
      await parts.take(1)
      cancel.abort(new WildcastError('interrupted', 'enough'))
      await expect(outcome).rejects.toMatchObject({ code: 'interrupted' })
      expect(await refusalOf(part)).toMatchObject({ code: 'interrupted' })
    })

  if (knowsAskers)
    it('request: refuses parts once the request has timed out', async () => {
      const clock = longWaits()
      const { broker } = await link(clock)
      if (broker.features.request !== true) return
      const { outcome, part } = await stream(broker)
      clock.advance(timeoutMs)
      await expect(outcome).rejects.toMatchObject({ code: 'timeout' })
      expect(await refusalOf(part)).toMatchObject({ code: 'interrupted' })
    })

  withFeature('request', 'rejects a request without a responder at once', async (broker) => {
    const request: BrokerMessage = { subject: subject('unserved'), payload: '' }
    const patience = { timeoutMs: knowsServers ? timeoutMs : 1 }
    const code = knowsServers ? 'no_responders' : 'timeout'
    await expect(broker.request?.(request, patience)).rejects.toMatchObject({ code })
  })

  withFeature('serve', 'refuses a second responder, and frees the subject when the first leaves', async (broker) => {
    const interest: Interest = { pattern: parsePattern('math.sum'), serve: true }
    const leave = await broker.subscribe(interest, deaf)
    await expect(broker.subscribe(interest, deaf)).rejects.toMatchObject({ code: 'already_served' })
    await leave()
    await (await broker.subscribe(interest, deaf))()
  })

  for (const { of, name } of longestSubjects(under))
    withFeature('serve', `carries a request on a subject of ${of}`, async (broker) => {
      await serve(broker, name, (request, answer) => answer({ payload: text(request) }))
      const answer = await broker.request?.({ subject: subject(name), payload: 'far' }, { timeoutMs })
      expect(text(answer as BrokerMessage)).toBe('far')
    })

  withFeature('serve', 'delivers a publish to subscribers and a request to the responder', async (broker) => {
    const published = await listen(broker, 'both')
    const requests: string[] = []
    await serve(broker, 'both', (request, answer) => {
      requests.push(text(request))
      answer({ payload: '' })
    })
    await publish(broker, 'both', 'published')
    await broker.request?.({ subject: subject('both'), payload: 'asked' }, { timeoutMs })
    expect((await published.take(1)).map(text)).toEqual(['published'])
    expect(requests).toEqual(['asked'])
  })

  withFeature('serve', 'rejects a pending request at once when its responder leaves', async (broker) => {
    const requests = new Inbox()
    const leave = await broker.subscribe(
      { pattern: parsePattern('slow'), serve: true },
      listener((request) => requests.put(request)),
    )
    const answer = broker.request?.({ subject: subject('slow'), payload: '' }, { timeoutMs })
    const refused = expect(answer).rejects.toMatchObject({ code: 'no_responders' })
    await requests.take(1)
    await leave()
    await refused
  })

  withFeature('serve', 'rejects a request that is under way when its responder leaves', async (broker) => {
    if (!knowsServers) return // without a responder the request would wait for its timeout
    const leave = await broker.subscribe({ pattern: parsePattern('slow'), serve: true }, deaf)
    const answer = broker.request?.({ subject: subject('slow'), payload: '' }, { timeoutMs })
    const refused = expect(answer).rejects.toMatchObject({ code: 'no_responders' }) // perhaps before `leave` resolves
    await leave()
    await refused
  })
}

/** Longer than a test takes. */
const timeoutMs = 60_000

/** Sends a request that is answered in parts. */
async function stream(broker: Broker) {
  const requests = new Inbox()
  const parts = new Inbox()
  const undo = await broker.subscribe(
    { pattern: parsePattern('stream'), serve: true },
    listener((request) => requests.put(request)),
  )
  onTestFinished(() => undo())
  const cancel = new Cancel()
  const outcome = broker.request?.(
    { subject: subject('stream'), payload: '' },
    { timeoutMs, signal: cancel, onPart: (part) => parts.put(part) },
  )
  outcome?.catch(() => {}) // a test checks it later
  const [request] = await requests.take(1)
  const part = async (payload: string): Promise<void> =>
    broker.publish({ subject: request?.responseSubject as Subject, payload, more: true })
  return { requests, parts, outcome, part, cancel }
}

/** Sends parts until one is refused, and returns the error. The first ones may be accepted. */
async function refusalOf(part: (payload: string) => Promise<void>): Promise<unknown> {
  for (;;)
    try {
      await part('late')
      await new Promise(setImmediate)
    } catch (cause) {
      return cause
    }
}

type Answer = Pick<BrokerMessage, 'payload' | 'more'>

async function serve(
  broker: Broker,
  on: string,
  handle: (request: BrokerMessage, answer: (answer: Answer) => void) => void,
): Promise<void> {
  const undo = await broker.subscribe(
    { pattern: on as Pattern, serve: true },
    listener((request) => {
      handle(request, (answer) => void broker.publish({ subject: request.responseSubject as Subject, ...answer }))
    }),
  )
  onTestFinished(() => undo())
}
