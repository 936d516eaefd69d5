import { type BrokerMessage, limits, type Pattern, parsePattern, type Subject, WildcastError } from '@wildcast/protocol'
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

/** What a broker promises that has requests and servers. */
export function requestsContract({
  open,
  knowsServers = true,
  knowsAskers = true,
  mostSegments = limits.subjectSegments,
}: BrokerUnderTest): void {
  const { link, withFeature } = linksTo(open)

  withFeature('request', 'brings a question to the server and the first final answer back', async (broker) => {
    await serve(broker, 'math.sum', (question, answer) => answer({ payload: `${text(question)}=3` }))
    const answer = await broker.request?.({ subject: subject('math.sum'), payload: '1+2' }, { timeoutMs })
    expect(answer && text(answer)).toBe('1+2=3')
  })

  withFeature('request', 'brings parts in order before the last answer', async (broker) => {
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

  it('request: waits again for so long after each part, and no longer', async () => {
    const clock = longWaits()
    const { broker } = await link(clock)
    if (broker.features.request !== true) return
    const { asked, parts, outcome, part } = await stream(broker)
    for (const round of ['1', '2', '3']) {
      await part(round)
      await parts.take(1)
      clock.advance(50_000) // what a link took before it asked is a part of the time
    }
    clock.advance(10_000)
    await expect(outcome).rejects.toMatchObject({ code: 'timeout' })
    expect(asked.messages).toEqual([])
  })

  it.runIf(knowsAskers)('request: refuses parts once the asker has given up', async () => {
    const { broker } = await link()
    if (broker.features.request !== true) return
    const { parts, outcome, part, cancel } = await stream(broker)
    await part('1')
    await parts.take(1)
    cancel.abort(new WildcastError('interrupted', 'enough'))
    await expect(outcome).rejects.toMatchObject({ code: 'interrupted' })
    expect(await refusalOf(part)).toMatchObject({ code: 'interrupted' })
  })

  it.runIf(knowsAskers)('request: refuses parts once the time of the asker is over', async () => {
    const clock = longWaits()
    const { broker } = await link(clock)
    if (broker.features.request !== true) return
    const { outcome, part } = await stream(broker)
    clock.advance(timeoutMs)
    await expect(outcome).rejects.toMatchObject({ code: 'timeout' })
    expect(await refusalOf(part)).toMatchObject({ code: 'interrupted' })
  })

  withFeature('request', 'says at once that nobody serves', async (broker) => {
    const question: BrokerMessage = { subject: subject('nobody'), payload: '' }
    const patience = { timeoutMs: knowsServers ? timeoutMs : 1 }
    const code = knowsServers ? 'no_responders' : 'timeout'
    await expect(broker.request?.(question, patience)).rejects.toMatchObject({ code })
  })

  withFeature('serve', 'refuses a second server, and frees the subject when the first leaves', async (broker) => {
    const interest: Interest = { pattern: parsePattern('math.sum'), serve: true }
    const leave = await broker.subscribe(interest, deaf)
    await expect(broker.subscribe(interest, deaf)).rejects.toMatchObject({ code: 'already_served' })
    await leave()
    await (await broker.subscribe(interest, deaf))()
  })

  for (const { of, name } of longestSubjects(mostSegments))
    withFeature('serve', `carries a request on a subject of ${of}`, async (broker) => {
      await serve(broker, name, (question, answer) => answer({ payload: text(question) }))
      const answer = await broker.request?.({ subject: subject(name), payload: 'far' }, { timeoutMs })
      expect(text(answer as BrokerMessage)).toBe('far')
    })

  withFeature('serve', 'brings a publish to subscribers and a request to the server', async (broker) => {
    const published = await listen(broker, 'both')
    const asked: string[] = []
    await serve(broker, 'both', (question, answer) => {
      asked.push(text(question))
      answer({ payload: '' })
    })
    await publish(broker, 'both', 'published')
    await broker.request?.({ subject: subject('both'), payload: 'asked' }, { timeoutMs })
    expect([(await published.take(1)).map(text), asked]).toEqual([['published'], ['asked']])
  })

  withFeature('serve', 'tells callers at once when the server leaves that has their question', async (broker) => {
    const asked = new Inbox()
    const leave = await broker.subscribe(
      { pattern: parsePattern('slow'), serve: true },
      listener((question) => asked.put(question)),
    )
    const answer = broker.request?.({ subject: subject('slow'), payload: '' }, { timeoutMs })
    const told = expect(answer).rejects.toMatchObject({ code: 'no_responders' })
    await asked.take(1)
    await leave()
    await told
  })

  withFeature('serve', 'tells callers at once when their server leaves', async (broker) => {
    if (!knowsServers) return // the question is under way when nobody is there any more
    const leave = await broker.subscribe({ pattern: parsePattern('slow'), serve: true }, deaf)
    const answer = broker.request?.({ subject: subject('slow'), payload: '' }, { timeoutMs })
    const told = expect(answer).rejects.toMatchObject({ code: 'no_responders' }) // perhaps before the server has left
    await leave()
    await told
  })
}

/** Longer than any test takes. */
const timeoutMs = 60_000

/** A question that is answered in parts. */
async function stream(broker: Broker) {
  const asked = new Inbox()
  const parts = new Inbox()
  const undo = await broker.subscribe(
    { pattern: parsePattern('stream'), serve: true },
    listener((question) => asked.put(question)),
  )
  onTestFinished(() => undo())
  const cancel = new Cancel()
  const outcome = broker.request?.(
    { subject: subject('stream'), payload: '' },
    { timeoutMs, signal: cancel, onPart: (part) => parts.put(part) },
  )
  outcome?.catch(() => {}) // a test looks at it later
  const [question] = await asked.take(1)
  const part = async (payload: string): Promise<void> =>
    broker.publish({ subject: question?.responseSubject as Subject, payload, more: true })
  return { asked, parts, outcome, part, cancel }
}

/** What ends a stream of parts that nobody awaits: the first ones may be on their way by then. */
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
  handle: (question: BrokerMessage, answer: (say: Answer) => void) => void,
): Promise<void> {
  const undo = await broker.subscribe(
    { pattern: on as Pattern, serve: true },
    listener((question) => {
      handle(question, (say) => void broker.publish({ subject: question.responseSubject as Subject, ...say }))
    }),
  )
  onTestFinished(() => undo())
}
