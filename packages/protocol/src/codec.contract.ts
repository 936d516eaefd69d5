import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readClassicFrame } from './classic.js'
import type { Codec, RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import { anyClientFrame, anyRelayFrame } from './frame.contract.js'
import type { ClientFrame, Frame, RelayFrame } from './frame.js'
import { limits } from './limits.js'
import { payloadBytes } from './message.js'
import { readClientFrame } from './read-client-frame.js'
import { readRelayFrame } from './read-relay-frame.js'

type Data = string | Uint8Array

export interface CodecContractOptions {
  /** Encodes any value, so that tests can send frames that the codec itself never writes. */
  readonly wire: (value: unknown) => Data
  /** The kinds of frame that the codec can't encode, each with the reason. */
  readonly unsupported?: Partial<Record<Frame['kind'], string>>
  /** Returns the part of a frame that the codec encodes. Default: all of it. */
  readonly preserved?: (frame: Frame) => Frame
  /** Why the codec may trust its peer, if it does. */
  readonly trustReason?: string
}

/** Tests the duties of every codec. */
export function codecContract(codec: Codec, options: CodecContractOptions): void {
  const { wire, unsupported = {}, preserved = (frame) => frame, trustReason } = options
  const clientFrames = Object.entries(anyClientFrame) as [Frame['kind'], fc.Arbitrary<ClientFrame>][]
  const relayFrames = Object.entries(anyRelayFrame) as [Frame['kind'], fc.Arbitrary<RelayFrame>][]
  const any = fc.oneof(
    ...[...clientFrames, ...relayFrames].flatMap(([kind, frame]) => (unsupported[kind] ? [] : [frame])),
  )

  describe.each([
    ['client', clientFrames, readClientFrame],
    ['relay', relayFrames, readRelayFrame],
  ] as const)(`${codec.name} carries each frame of a %s`, (_, frames, read) => {
    for (const [kind, frame] of frames) {
      const reason = unsupported[kind]
      it(reason ? `but refuses ${kind}: ${reason}` : kind, () => {
        fc.assert(
          fc.property(frame, (given) => {
            if (reason) expect(() => codec.encode(given)).toThrow(expect.objectContaining({ code: 'unsupported' }))
            else expect(essence(read(codec.decode(codec.encode(given))))).toEqual(essence(preserved(given)))
          }),
          { numRuns: 50 },
        )
      })
    }
  })

  it(`${codec.name} encodes equal frames equally and does not change them`, () => {
    fc.assert(
      fc.property(any, (frame) => {
        const before = structuredClone(frame)
        expect(codec.encode(frame)).toEqual(codec.encode(frame))
        expect(frame).toEqual(before)
      }),
      { numRuns: 50 },
    )
  })

  if (trustReason)
    it(`${codec.name} throws for data that is no frame, and trusts the rest: ${trustReason}`, () => {
      for (const data of ['', '{', 'null', '{}', Uint8Array.of(0xc1)]) expect(() => codec.decode(data)).toThrow()
    })
  else resistsHostileInput(codec, { wire, unsupported, preserved, any })
}

function resistsHostileInput(
  codec: Codec,
  {
    wire,
    unsupported,
    preserved,
    any,
  }: Required<Omit<CodecContractOptions, 'trustReason'>> & { any: fc.Arbitrary<Frame> },
): void {
  const readClient = (value: unknown) => attempt(() => readClientFrame(codec.decode(wire(value))))

  describe(`${codec.name} resists hostile input`, () => {
    it('random data', () => {
      fc.assert(
        fc.property(fc.array(unit, { maxLength: 60 }), (units) => {
          decodeSafely(codec, fromUnits(units, wire('')))
        }),
        { numRuns: 500 },
      )
    })

    it('broken frames: it can encode again what it has read of them', () => {
      fc.assert(
        fc.property(any, edits, (frame, changes) => {
          const raw = decodeSafely(codec, broken(codec.encode(frame), changes))
          const read = raw && attempt(() => readClientFrame(raw))
          if (!read || unsupported[read.kind]) return
          expect(essence(readClientFrame(codec.decode(codec.encode(read))))).toEqual(essence(preserved(read)))
        }),
        { numRuns: 500 },
      )
    })

    it.each([
      null,
      true,
      0,
      '',
      'Publish',
      [],
      {},
      [1],
      [[]],
      { '': 1 },
      { Subscribe: null },
      { Subscribe: 'a', Publish: {} },
    ])('the value %j', (value) => {
      expect(readClient(value)).toBeUndefined()
    })

    it('no data, or data of the wrong type', () => {
      const wrong = typeof wire('') === 'string' ? [new Uint8Array(0), Uint8Array.of(0xa0)] : ['', '"Pong"']
      for (const data of [fromUnits([], wire('')), ...wrong]) expect(attempt(() => codec.decode(data))).toBeUndefined()
    })

    it('nesting deeper than 32, also in unknown fields', () => {
      const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
      const decode = (depth: number) => attempt(() => codec.decode(wire({ Publish: { unknown: nested(depth - 2) } })))
      expect(limits.depth).toBe(32)
      expect(decode(32)).toBeDefined()
      expect(decode(33)).toBeUndefined()
      expect(decode(90)).toBeUndefined()
    })

    it.each([...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'then', 'toJSON', 'error'])(
      'a field named %j',
      (name) => {
        const odd = Object.fromEntries([[name, { polluted: true }]])
        expect(readClient(odd)).toBeUndefined()
        const raw = attempt(() => codec.decode(wire({ Publish: { ...odd, subject: 'a' } })))
        expect(raw === undefined || Object.getPrototypeOf(raw.body) === Object.prototype).toBe(true)
        if (name !== '__proto__') expect(raw?.body).toEqual({ ...odd, subject: 'a' })
        expect('polluted' in {}).toBe(false)
      },
    )

    it('many small values', () => {
      const decode = (values: object) => attempt(() => codec.decode(wire({ Publish: { values } })))
      const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 0]))
      expect(limits.values).toBe(10_000)
      expect(decode(keys(4000))?.body).toHaveProperty('values', keys(4000))
      expect(decode(Array(4000).fill('x'))?.body).toHaveProperty('values', Array(4000).fill('x'))
      expect(decode(keys(20_000))).toBeUndefined()
      expect(decode(Array(20_000).fill('x'))).toBeUndefined()
      expect(decode(Array(20_000).fill({}))).toBeUndefined()
    })

    it('a payload as an array of bytes, whatever its length', () => {
      const bytes = Array.from({ length: 200_000 }, (_, i) => i % 256)
      const frame = readClientFrame(codec.decode(wire({ Publish: { subject: 'a', message: bytes } })))
      expect(frame).toHaveProperty('message', Uint8Array.from(bytes))
    })
  })
}

const structure = [...'"[]{}:,\\.-019eu'].map((char) => char.charCodeAt(0))
/** A byte, or a character: often one with a meaning in JSON. */
const unit = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...structure))
const edits = fc.array(
  fc.record({ at: fc.nat(), drop: fc.nat({ max: 3 }), insert: fc.array(unit, { maxLength: 3 }) }),
  { minLength: 1, maxLength: 3 },
)

function fromUnits(units: readonly number[], like: Data): Data {
  return typeof like === 'string' ? String.fromCharCode(...units) : Uint8Array.from(units)
}

function broken(data: Data, changes: readonly { at: number; drop: number; insert: number[] }[]): Data {
  const units = typeof data === 'string' ? data.split('').map((char) => char.charCodeAt(0)) : [...data]
  for (const { at, drop, insert } of changes) units.splice(at % (units.length + 1), drop, ...insert)
  return fromUnits(units, data)
}

/**
 * Returns the result of a task, or undefined if it throws `invalid_frame` or `too_large`. Throws
 * any other error.
 */
function attempt<Result>(task: () => Result): Result | undefined {
  try {
    return task()
  } catch (error) {
    if (error instanceof WildcastError && ['invalid_frame', 'too_large'].includes(error.code)) return undefined
    throw error
  }
}

/**
 * Decodes and reads data, and checks the result: it must be neither deeper than allowed nor larger
 * than the data.
 */
function decodeSafely(codec: Codec, data: Data): RawFrame | undefined {
  const raw = attempt(() => codec.decode(data))
  if (!raw) return undefined
  for (const read of [readClientFrame, readClassicFrame]) attempt(() => read(raw))
  const { values, depth } = extent(raw.body)
  expect(values).toBeLessThanOrEqual(data.length + 1) // classic adds the `id`
  expect(depth).toBeLessThanOrEqual(limits.depth)
  return raw
}

function extent(value: unknown): { values: number; depth: number } {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return { values: 1, depth: 0 }
  const inner = Object.values(value).map(extent)
  return {
    values: 1 + inner.reduce((sum, { values }) => sum + values, 0),
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
  }
}

/**
 * Returns the parts by which two frames are compared: the bytes of the payload, and no notes of the
 * reader.
 */
function essence(frame: Frame | undefined): unknown {
  if (!frame) return undefined
  const { reserved: _, ...rest } = 'reserved' in frame ? frame : { ...frame, reserved: undefined }
  if (!('message' in frame) || frame.kind === 'Error') return rest // its message is a sentence
  return { ...rest, message: payloadBytes(frame.message) }
}
