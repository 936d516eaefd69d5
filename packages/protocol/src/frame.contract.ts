import fc from 'fast-check'
import { errorTable } from './error-table.js'
import type { ClientFrame, RelayFrame } from './frame.js'
import type { Headers, Payload } from './message.js'

// Any frame of each kind, all of which a codec must be able to carry. A missing kind does not
// compile.

const character = fc
  .oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((point) => String.fromCodePoint(point))
const oddTexts = [
  '',
  '\0',
  '"',
  '\\',
  '\u2028',
  '\ufffd',
  '__proto__',
  'toString',
  '\ufeff',
  `\ufeff${'a'.repeat(300)}`,
]

const text: fc.Arbitrary<string> = fc.oneof(fc.string({ unit: character, maxLength: 12 }), fc.constantFrom(...oddTexts))
const count = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 300 }), fc.constantFrom(0, 2 ** 32, Number.MAX_SAFE_INTEGER))
const flag = fc.boolean()
const maybe = <Value>(some: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(some, { nil: undefined })

const oddBytes = [
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
  new Uint8Array(0),
  Uint8Array.of(0xef, 0xbb, 0xbf),
  Uint8Array.of(0xef, 0xbb, 0xbf, 0x61),
  Uint8Array.of(0xe2, 0x82),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0x68, 0x69),
]
const payload: fc.Arbitrary<Payload> = fc.oneof(text, fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...oddBytes))

const headerName = fc.oneof(
  fc.constantFrom('content-type', 'X-Two', 'constructor', 'toString', 'then'),
  fc.stringMatching(/^[a-z!#$%&'*.^`|~+-]{1,8}$/),
)
const headerValue = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((value) => !/\p{Cc}/u.test(value))
/** The values of a name are adjacent, as they are in a frame. */
const headers: fc.Arbitrary<Headers> = fc
  .uniqueArray(fc.tuple(headerName, fc.array(headerValue, { minLength: 1, maxLength: 3 })), {
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((names) => names.flatMap(([name, values]) => values.map((value) => [name, value] as const)))
const json = fc.oneof(
  fc.constant(null),
  text,
  flag,
  count,
  fc.array(text),
  fc.record({ a: fc.constant(null), b: text }),
)
const failure = fc.record({ code: text, message: text })

/** Any frame of a client, by kind. */
export const anyClientFrame: {
  readonly [Kind in ClientFrame['kind']]: fc.Arbitrary<Extract<ClientFrame, { kind: Kind }>>
} = {
  Connect: fc.record({
    kind: fc.constant('Connect'),
    token: maybe(text),
    session: maybe(text),
    received: maybe(count),
    client: maybe(text),
  }),
  Subscribe: fc.record({
    kind: fc.constant('Subscribe'),
    ref: maybe(count),
    subject: text,
    broker: maybe(text),
    group: maybe(text),
    serve: maybe(flag),
    policy: maybe(
      fc.record({
        deliver: maybe(fc.constantFrom('all', 'latest')),
        max_rate: maybe(fc.double({ min: 0.001, max: 1e9, noNaN: true })),
      }),
    ),
    retained: maybe(flag),
    snapshot: maybe(flag),
    after: maybe(text),
    last: maybe(count),
    before: maybe(text),
    limit: maybe(count),
    filter: maybe(json),
    count: maybe(flag),
  }),
  Unsubscribe: fc.record({ kind: fc.constant('Unsubscribe'), ref: maybe(count), id: count, handled: maybe(count) }),
  Publish: fc.record({
    kind: fc.constant('Publish'),
    ref: maybe(count),
    subject: text,
    message: payload,
    broker: maybe(text),
    response_subject: maybe(text),
    headers: maybe(headers),
    wildcard: maybe(flag),
    more: maybe(flag),
    error: maybe(failure),
    key: maybe(fc.string({ minLength: 1, maxLength: 60 })),
    retain: maybe(flag),
    when: maybe(json),
    when_revision: maybe(text),
    watch: maybe(flag),
    watch_timeout: maybe(count),
    will: maybe(fc.oneof(fc.constant(null), text)),
    will_after: maybe(count),
    ttl: maybe(count),
  }),
  Enter: fc.record({
    kind: fc.constant('Enter'),
    ref: count,
    subject: text,
    broker: maybe(text),
    member: text,
    message: payload,
  }),
  Leave: fc.record({ kind: fc.constant('Leave'), ref: count, subject: text, broker: maybe(text), member: text }),
  Request: fc.record({
    kind: fc.constant('Request'),
    ref: count,
    subject: text,
    message: payload,
    broker: maybe(text),
    timeout: maybe(count),
    headers: maybe(headers),
  }),
  Cancel: fc.record({ kind: fc.constant('Cancel'), ref: count }),
  Authenticate: fc.record({ kind: fc.constant('Authenticate'), ref: count, token: text }),
  CanI: fc.record({
    kind: fc.constant('CanI'),
    ref: count,
    action: fc.constantFrom('publish', 'subscribe', 'request', 'serve', 'presence'),
    subject: text,
    broker: maybe(text),
  }),
  Received: fc.record({ kind: fc.constant('Received'), count }),
  Ping: fc.record({ kind: fc.constant('Ping') }),
  Pong: fc.record({ kind: fc.constant('Pong') }),
}

const broker = fc.record({
  name: text,
  default: flag,
  status: fc.constantFrom('up', 'down'),
  features: fc.array(text, { maxLength: 3 }),
})

/** Any frame of a relay, by kind. */
export const anyRelayFrame: {
  readonly [Kind in RelayFrame['kind']]: fc.Arbitrary<Extract<RelayFrame, { kind: Kind }>>
} = {
  Welcome: fc.record({
    kind: fc.constant('Welcome'),
    session: text,
    resumed: flag,
    received: count,
    user: maybe(text),
    expires_in: maybe(count),
    relay: text,
    brokers: fc.array(broker, { maxLength: 3 }),
    limits: fc.record({
      payload: count,
      subscriptions: count,
      publishes: maybe(count),
      resume_bytes: count,
      headers: count,
      header_bytes: count,
    }),
    ping: count,
    time: count,
  }),
  Message: fc.record({
    kind: fc.constant('Message'),
    id: maybe(count),
    subject: text,
    message: payload,
    broker: text,
    response_subject: maybe(text),
    headers: maybe(headers),
    revision: maybe(text),
    retained: maybe(fc.constant(true)),
    deleted: maybe(fc.constant(true)),
    user: maybe(text),
    ref: maybe(count),
    position: maybe(text),
    replayed: maybe(fc.constant(true)),
    left: maybe(fc.constant(true)),
  }),
  Subscribed: fc.record({
    kind: fc.constant('Subscribed'),
    ref: maybe(count),
    id: maybe(count),
    subject: text,
    position: maybe(text),
    recovered: maybe(flag),
    whole: maybe(fc.constant(true)),
  }),
  Synced: fc.record({ kind: fc.constant('Synced'), ref: count, id: maybe(count) }),
  Lost: fc.record({ kind: fc.constant('Lost'), ref: count, subject: text }),
  Unsubscribed: fc.record({ kind: fc.constant('Unsubscribed'), ref: maybe(count), id: count, error: maybe(failure) }),
  Ack: fc.record({
    kind: fc.constant('Ack'),
    ref: count,
    allowed: maybe(flag),
    why: maybe(text),
    expires_in: maybe(count),
    revision: maybe(text),
    position: maybe(text),
  }),
  Response: fc.record({ kind: fc.constant('Response'), ref: count, message: payload, more: maybe(flag) }),
  Error: fc.record({
    kind: fc.constant('Error'),
    ref: maybe(count),
    id: maybe(count),
    code: fc.oneof(fc.constantFrom(...Object.keys(errorTable)), text),
    message: text,
    retry: flag,
    retry_in: maybe(count),
    revision: maybe(text),
  }),
  Gap: fc.record({
    kind: fc.constant('Gap'),
    id: count,
    missed: maybe(count),
    open: maybe(fc.constant(true)),
    ref: maybe(count),
  }),
  GoingAway: fc.record({ kind: fc.constant('GoingAway'), reconnect_in: fc.tuple(count, count) }),
  Received: fc.record({ kind: fc.constant('Received'), count }),
  Ping: fc.record({ kind: fc.constant('Ping') }),
  Pong: fc.record({ kind: fc.constant('Pong') }),
}
