import type { Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FileWrite, Outcome } from './file-write.js'
import { packOutcomes, packWrites, unpackOutcome, unpackWrites } from './packed-writes.js'

const text = fc.string()
const payload = fc.oneof(text, fc.uint8Array())
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })
const write: fc.Arbitrary<FileWrite> = fc.record({
  subject: text as fc.Arbitrary<Subject>,
  payload,
  headers: maybe(fc.array(fc.tuple(text, text))),
  user: maybe(text),
  ifRevision: fc.option(text, { nil: undefined }).chain((some) => fc.constantFrom(some, null)),
  ttlMs: maybe(fc.nat()),
  will: maybe(fc.record({ payload, lease: text })),
  append: maybe(fc.constant(true as const)),
  keptAt: maybe(fc.nat()),
  key: maybe(fc.record({ name: text, fingerprint: text })),
})
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({ kind: fc.constant('written' as const), revision: text }),
  fc.record({ kind: fc.constant('written' as const), revision: text, repeated: fc.constant(true as const) }),
  fc.constant({ kind: 'unchanged' as const }),
  fc.record({ kind: fc.constant('refused' as const), revision: maybe(text) }),
  fc.record({ kind: fc.constant('failed' as const), failure: fc.record({ code: text, message: text }) }),
)

test('writes and outcomes cross to the thread and back unchanged', () => {
  fc.assert(
    fc.property(fc.array(write), (writes) => {
      expect(unpackWrites(structuredClone(packWrites(writes)))).toEqual(writes)
    }),
  )
  fc.assert(
    fc.property(fc.array(outcome), (outcomes) => {
      expect(structuredClone(packOutcomes(outcomes)).map(unpackOutcome)).toEqual(outcomes)
    }),
  )
})
