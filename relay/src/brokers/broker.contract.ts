import {
  encodeUtf8,
  limits,
  type Message,
  type Pattern,
  parsePattern,
  parseSubject,
  payloadBytes,
  type Subject,
  WildcastError,
} from '@wildcast/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Broker, Feature, Interest, OpenBroker } from '../core/broker.js'
import { Cancel } from '../core/cancel.js'
import type { Clock } from '../core/clock.js'
import { Inbox } from '../testing/inbox.js'
import { deaf, listener } from '../testing/listener.js'
import { longWaits } from '../testing/long-waits.js'

export interface BrokerUnderTest {
  /** Opens a link to the broker, as a relay does, which tells the time by this clock. */
  readonly open: (clock?: Clock) => OpenBroker
  /** The same broker as a stranger sees it who knows nothing of Wildcast, and as fate does. */
  readonly outside?: Outside
  /** False where nobody can know whether a subject has a server: then callers wait until their time is over. @default true */
  readonly knowsServers?: boolean
  /** False where a responder can not learn that nobody awaits its answer any more. @default true */
  readonly knowsAskers?: boolean
  /** Segments of the longest subject that can be served. @default 256 */
  readonly mostSegments?: number
}

/** Names are subjects: the stranger's own form of them is this side's work. */
export interface Outside {
  publish(subject: string, payload: Uint8Array): Promise<void>
  /** Resolves when the subscription is there; then every payload on the subject is put into the inbox. */
  listen(subject: string): Promise<Inbox>
  /** SIGKILL. */
  kill(): Promise<void>
  restart(): Promise<void>
}

const subject = (text: string): Subject => parseSubject(text)
const text = (message: Message): string => new TextDecoder().decode(payloadBytes(message.payload))
/** A plain array, whatever kind of bytes a client library hands out. */
const bytes = (message: Message | undefined): number[] => [...payloadBytes(message?.payload ?? '')]

/** What every broker promises, each run against the real one. */
export function brokerContract(
  name: string,
  { open, outside, knowsServers = true, knowsAskers = true, mostSegments = limits.subjectSegments }: BrokerUnderTest,
): void {
  async function link(clock?: Clock): Promise<{ broker: Broker; statuses: string[] }> {
    const statuses: string[] = []
    const broker = await open(clock)({
      // While it is down it may find another reason for that.
      status: (now) => statuses.at(-1) !== now && statuses.push(now),
      dropped: () => {},
    })
    onTestFinished(() => broker.close())
    return { broker, statuses }
  }

  /** Everything that an interest gets, and a way to await the next so many. */
  async function listen(broker: Broker, want: string | Interest): Promise<Inbox> {
    const inbox = new Inbox()
    const interest = typeof want === 'string' ? { pattern: parsePattern(want) } : want
    inbox.undo = await broker.subscribe(
      interest,
      listener((message) => inbox.put(message)),
    )
    return inbox
  }

  const publish = async (broker: Broker, to: string, payload: string | Uint8Array): Promise<void> =>
    broker.publish({ subject: subject(to), payload })

  describe(`${name} keeps the broker contract`, () => {
    it('says that its link is up', async () => {
      const { statuses } = await link()
      expect(statuses).toEqual(['up'])
    })

    it('gives a reason for every feature that it has not', async () => {
      const { broker } = await link()
      for (const can of Object.values(broker.features)) if (can !== true) expect(can.length).toBeGreaterThan(10)
    })

    it('delivers what is published once a subscription is confirmed, and nothing else', async () => {
      const { broker } = await link()
      const inbox = await listen(broker, 'good.*')
      await publish(broker, 'good.apple', 'yes')
      await publish(broker, 'bad.apple', 'no')
      await publish(broker, 'good.a.b', 'no')
      await publish(broker, 'good.last', 'last')
      expect((await inbox.take(2)).map(text)).toEqual(['yes', 'last'])
    })

    it.each([
      ['message.test', true],
      ['test.message', false],
      ['message.a.b', false],
    ])('lets "*" stand for one segment: message.* and %s (SP-BRK-1)', async (to, belongs) => {
      const { broker } = await link()
      const inbox = await listen(broker, 'message.*')
      await publish(broker, to, 'asked')
      await publish(broker, 'message.end', 'end')
      expect((await inbox.take(belongs ? 2 : 1)).map(text)).toEqual(belongs ? ['asked', 'end'] : ['end'])
    })

    it('delivers once for each interest where interests overlap', async () => {
      const { broker } = await link()
      const inboxes = [
        await listen(broker, 'a.*.c'),
        await listen(broker, 'a.**'),
        await listen(broker, '**.c'),
        await listen(broker, 'a.b.c'),
      ]
      await publish(broker, 'a.b.c', 'one')
      await publish(broker, 'a.x.c', 'two')
      const all = await Promise.all(inboxes.map((inbox, i) => inbox.take(i === 3 ? 1 : 2)))
      expect(all.map((messages) => messages.map(text))).toEqual([
        ['one', 'two'],
        ['one', 'two'],
        ['one', 'two'],
        ['one'],
      ])
    })

    it('keeps the order of one publisher', async () => {
      const { broker } = await link()
      const inbox = await listen(broker, 'n.*')
      const numbers = Array.from({ length: 1000 }, (_, i) => String(i))
      await Promise.all(numbers.map((number, i) => publish(broker, `n.${i % 7}`, number)))
      expect((await inbox.take(1000)).map(text)).toEqual(numbers)
    })

    it.each([
      ['nothing', new Uint8Array()],
      ['every byte value', Uint8Array.from({ length: 256 }, (_, i) => i)],
      ['broken UTF-8', Uint8Array.of(0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80)],
      ['a byte order mark', encodeUtf8('\ufeffx')],
      ['1 MiB', new Uint8Array(1024 * 1024).fill(7)],
    ])('leaves a payload of %s unchanged', async (_, payload) => {
      const { broker } = await link()
      const inbox = await listen(broker, 'bytes')
      await publish(broker, 'bytes', payload)
      const [message] = await inbox.take(1)
      expect(Buffer.compare(payloadBytes((message as Message).payload), payload)).toBe(0)
    })

    it('delivers nothing after the undo, and goes on serving the others', async () => {
      const { broker } = await link()
      const leaving = await listen(broker, 'x.*')
      const staying = await listen(broker, 'x.**')
      await leaving.undo()
      await publish(broker, 'x.y', 'after')
      await staying.take(1)
      expect(leaving.messages).toEqual([])
    })

    it('takes the undo twice', async () => {
      const { broker } = await link()
      const inbox = await listen(broker, 'x')
      await inbox.undo()
      await inbox.undo()
      const again = await listen(broker, 'x')
      await publish(broker, 'x', 'here')
      expect((await again.take(1)).map(text)).toEqual(['here'])
    })

    it('brings what relays derive for a request to no leading wildcard, and what only looks like it to all', async () => {
      const { broker } = await link()
      const inbox = await listen(broker, '**')
      await publish(broker, 'request.01JAVA0ZZZZZZZZZZZZZZZZZZZ.x', 'no')
      await publish(broker, 'request.x', 'yes')
      expect((await inbox.take(1)).map(text)).toEqual(['yes'])
    })

    it('takes an escape for what it is, where no name of this broker needs it', async () => {
      const { broker } = await link()
      const inbox = await listen(broker, 'escaped.*')
      const subjects = ['%41', '%25', '%2541', '%0A', '%2f'].map((segment) => `escaped.${segment}`)
      for (const one of subjects) await publish(broker, one, '')
      expect((await inbox.take(subjects.length)).map((message) => message.subject)).toEqual(subjects)
    })

    const longest = [
      { of: '1,024 bytes', name: `${'ü'.repeat(255)}.${'x'.repeat(513)}` },
      { of: `${mostSegments} segments`, name: Array(mostSegments).fill('abc').join('.') },
    ]

    it.each(longest)('carries a message on a subject of $of, also by a pattern', async ({ name }) => {
      const { broker } = await link()
      const inboxes = [await listen(broker, name), await listen(broker, name.replace(/^[^.]+/, '**'))]
      await publish(broker, name, 'far')
      for (const inbox of inboxes) {
        const [message] = await inbox.take(1)
        expect(message?.subject).toBe(name)
        expect(text(message as Message)).toBe('far')
      }
    })

    for (const { of, name } of longest)
      withFeature('serve', `carries a request on a subject of ${of}`, async (broker) => {
        await serve(broker, name, (question, answer) => answer({ payload: text(question) }))
        const answer = await broker.request?.({ subject: subject(name), payload: 'far' }, { timeoutMs })
        expect(text(answer as Message)).toBe('far')
      })

    it('publishes from inside a delivery after that delivery, in the same order for everybody', async () => {
      const { broker } = await link()
      const undo = await broker.subscribe(
        { pattern: parsePattern('first') },
        listener(() => void publish(broker, 'second', '2')),
      )
      onTestFinished(() => undo())
      const inbox = await listen(broker, '**')
      await publish(broker, 'first', '1')
      expect((await inbox.take(2)).map(text)).toEqual(['1', '2'])
    })

    withFeature(
      'queue',
      'hands each message of a group to one member, in turns, and to every group (SP-BRK-4)',
      async (broker) => {
        const join = (group: string): Promise<Inbox> => listen(broker, { pattern: parsePattern('job.*'), group })
        const first = await join('workers')
        const second = await join('workers')
        const alone = await join('audit')
        for (const job of ['1', '2', '3']) await publish(broker, `job.${job}`, job)
        expect((await alone.take(3)).map(text)).toEqual(['1', '2', '3'])
        expect((await first.take(2)).map(text)).toEqual(['1', '3'])
        expect((await second.take(1)).map(text)).toEqual(['2'])
      },
    )

    withFeature('queue', 'goes on in a group when a member leaves', async (broker) => {
      const join = (): Promise<Inbox> => listen(broker, { pattern: parsePattern('job'), group: 'workers' })
      const leaving = await join()
      const staying = await join()
      await leaving.undo()
      for (const job of ['1', '2']) await publish(broker, 'job', job)
      expect((await staying.take(2)).map(text)).toEqual(['1', '2'])
    })

    withFeature('response_subject', 'carries the subject that an answer is awaited on', async (broker) => {
      const inbox = await listen(broker, 'ask')
      await broker.publish({ subject: subject('ask'), payload: '', responseSubject: subject('answer.here') })
      expect((await inbox.take(1))[0]?.responseSubject).toBe('answer.here')
    })

    withFeature('headers', 'carries headers, whatever they are called', async (broker) => {
      const headers = new Map([
        ['trace', '1'],
        ['constructor', 'x'],
        ['hasOwnProperty', 'y'],
      ])
      const inbox = await listen(broker, 'h')
      await broker.publish({ subject: subject('h'), payload: '', headers })
      expect([...((await inbox.take(1))[0]?.headers ?? [])]).toEqual([...headers])
    })

    withFeature(
      'wildcard',
      'publishes to a pattern: once to every interest that it overlaps (T2-MAT-2, T2-MAT-3)',
      async (broker) => {
        const all = [
          await listen(broker, 'lobby.alice'),
          await listen(broker, 'lobby.*'),
          await listen(broker, '*.alice'),
          await listen(broker, '**'),
        ]
        const other = await listen(broker, 'den.bob')
        await broker.publish({ subject: parsePattern('*.alice'), payload: 'hi' })
        await publish(broker, 'den.bob', 'bye')
        for (const inbox of all.slice(0, 3)) expect((await inbox.take(1)).map((m) => m.subject)).toEqual(['*.alice'])
        expect((await other.take(1)).map(text)).toEqual(['bye'])
      },
    )

    const timeoutMs = 60_000

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
      const question: Message = { subject: subject('nobody'), payload: '' }
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

    it('ends every promise when it is closed', async () => {
      const { broker } = await link()
      await broker.close()
      await expect(publish(broker, 'late', 'x')).rejects.toMatchObject({ code: 'broker_down' })
      await expect(listen(broker, 'late')).rejects.toMatchObject({ code: 'broker_down' })
      await broker.close()
    })

    if (outside) {
      it('delivers what a stranger publishes, and to strangers what is published here, bytes unchanged', async () => {
        const { broker } = await link()
        const inside = await listen(broker, 'good.*')
        const stranger = await outside.listen('good.apple')
        const there = Uint8Array.from({ length: 256 }, (_, i) => i)
        await outside.publish('good.pear', there)
        await publish(broker, 'good.apple', there.toReversed())
        const [pear, apple] = await inside.take(2)
        expect([pear?.subject, bytes(pear)]).toEqual(['good.pear', [...there]])
        expect(apple?.subject).toBe('good.apple')
        expect((await stranger.take(1)).map(bytes)).toEqual([[...there].reverse()])
      })

      it('comes back by itself when the broker does, and everything is subscribed again before it says so', async () => {
        const { broker, statuses } = await link()
        const inbox = await listen(broker, 'back.*')
        const exact = await listen(broker, 'back.again')
        await outside.kill()
        await expect.poll(() => statuses).toEqual(['up', 'down'])
        await expect(publish(broker, 'back.no', 'lost')).rejects.toMatchObject({ code: 'broker_down' })
        const asked = listen(broker, 'meanwhile.*')
        await outside.restart()
        await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
        await publish(broker, 'back.again', 'here')
        expect((await inbox.take(1)).map(text)).toEqual(['here'])
        expect((await exact.take(1)).map(text)).toEqual(['here'])
        const late = await asked
        await publish(broker, 'meanwhile.too', 'here')
        expect((await late.take(1)).map(text)).toEqual(['here'])
      })

      it('gives up while the broker is down, when it is closed', async () => {
        const { broker, statuses } = await link()
        await outside.kill()
        await expect.poll(() => statuses).toEqual(['up', 'down'])
        const asked = listen(broker, 'never')
        const refused = expect(asked).rejects.toMatchObject({ code: 'broker_down' })
        await broker.close()
        await refused
        await outside.restart()
      })
    }

    /** A feature that the broker has not is refused by the relay before the broker is asked; its reason is checked above. */
    function withFeature(feature: Feature, title: string, run: (broker: Broker) => Promise<void>): void {
      it(`${feature}: ${title}`, async () => {
        const { broker } = await link()
        if (broker.features[feature] === true) await run(broker)
      })
    }
  })

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
      { timeoutMs: 60_000, signal: cancel, onPart: (part) => parts.put(part) },
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

  type Answer = Pick<Message, 'payload' | 'more'>

  async function serve(
    broker: Broker,
    on: string,
    handle: (question: Message, answer: (say: Answer) => void) => void,
  ): Promise<void> {
    const undo = await broker.subscribe(
      { pattern: on as Pattern, serve: true },
      listener((question) => {
        handle(question, (say) => void broker.publish({ subject: question.responseSubject as Subject, ...say }))
      }),
    )
    onTestFinished(() => undo())
  }
}
