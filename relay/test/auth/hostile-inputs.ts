import { ExtData, encode } from '@msgpack/msgpack'
import { jsonFrames, messagePackFrames } from '../hostile-frames.js'

// Inputs of rows C1 to C12 of the faults to survive. If the relay read one of them as a publish, it
// would be allowed and have this subject.

export const subject = 'allowed.hostile'

/** In every payload: it must be in no answer and in no line of the log. */
export const marker = 'only-for-the-reader'

/** A hostile frame. */
export interface Hostile {
  readonly name: string
  readonly frame: string | Uint8Array
  /** The code that a client whose identity is known gets. */
  readonly code: string
}

const publish = (more: string): string => `{"Publish":{"ref":1,"subject":"${subject}","message":"${marker}"${more}}}`
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const hostile = (code: string, frames: Readonly<Record<string, string | Uint8Array>>): readonly Hostile[] =>
  Object.entries(frames).map(([name, frame]) => ({ name, frame, code }))

/** For a client that speaks JSON. */
export const jsonInputs: readonly Hostile[] = [
  ...hostile('invalid_frame', {
    'C1: nesting of 10,000 in a field that is not known': publish(`,"x":${nested(10_000)}`),
    'C1: nesting of 10,000 in the headers': publish(`,"headers":${nested(10_000)}`),
    'C1: nesting of a million': publish(`,"x":${nested(1_000_000)}`),
    'C1: brackets that never close': jsonFrames['brackets that never close'] ?? '',
    'C5: __proto__ as a kind': '{"__proto__":{"polluted":true}}',
    'C5: constructor as a kind': '{"constructor":{"prototype":{"polluted":true}}}',
    'C8: a ref of 1.5': `{"Publish":{"ref":1.5,"subject":"${subject}","message":""}}`,
    'C8: a ref as text': `{"Publish":{"ref":"1","subject":"${subject}","message":""}}`,
    'C8: a ref below 0': `{"Publish":{"ref":-1,"subject":"${subject}","message":""}}`,
    'C8: a ref past 2^53': `{"Publish":{"ref":9007199254740993,"subject":"${subject}","message":""}}`,
    'C8: a ref of 1e400': `{"Publish":{"ref":1e400,"subject":"${subject}","message":""}}`,
    'C9: a lone surrogate': `{"Publish":{"ref":1,"subject":"${subject}","message":"\\ud800"}}`,
    'C9: bytes that are not base64': `{"Publish":{"ref":1,"subject":"${subject}","bytes":"*"}}`,
    'C11: two kinds': `{"Publish":{"subject":"${subject}","message":"${marker}"},"Subscribe":"${subject}"}`,
    'C12: an empty frame': '',
    'C12: null': 'null',
    'C12: a list': '[]',
    'C12: a number': '0',
    'C12: a megabyte of white space': ' '.repeat(1_000_000),
  }),
  ...hostile('too_large', {
    'C6: 300,000 keys': jsonFrames['300,000 keys'] ?? '',
    'C6: 20,000 headers': jsonFrames['20,000 headers'] ?? '',
  }),
]

const tooLong = { list: 0xdd, map: 0xdf, text: 0xdb, bytes: 0xc6, extension: 0xc9 }

/** For a client that speaks MessagePack. */
export const messagePackInputs: readonly Hostile[] = [
  ...hostile('invalid_frame', {
    'C2: nesting of 100': Buffer.concat([Buffer.alloc(100, 0x91), Buffer.of(0xc0)]),
    'C2: nesting of a million': Buffer.concat([Buffer.alloc(1_000_000, 0x91), Buffer.of(0xc0)]),
    ...Object.fromEntries(
      Object.entries(tooLong).map(([kind, tag]) => [
        `C3: a ${kind} of 2^32 - 1 without a body`,
        Buffer.of(tag, 0xff, 0xff, 0xff, 0xff),
      ]),
    ),
    'C4: a timestamp': encode({ Publish: { ref: 1, subject, message: new Date(0) } }),
    'C4: an unknown extension': encode({ Publish: { ref: 1, subject, message: new ExtData(0x70, new Uint8Array(2)) } }),
    'C4: the byte 0xC1': Buffer.of(0xc1),
    'C4: several values in a frame': Buffer.concat([
      encode({ Publish: { ref: 1, subject, message: marker } }),
      encode(0),
    ]),
    'C8: a ref that is not a number': encode({ Publish: { ref: Number.NaN, subject, message: '' } }),
    'C9: a text that is not UTF-8': messagePackFrames['a text of 4 MB that is not UTF-8'] ?? '',
    'C11: two kinds': encode({ Publish: { subject, message: marker }, Subscribe: subject }),
    'C12: an empty frame': new Uint8Array(),
    'C12: nil': encode(null),
  }),
  ...hostile('too_large', {
    'C6: two million empty maps': messagePackFrames['two million empty maps in a publish'] ?? '',
    'C6: 20,000 headers': messagePackFrames['20,000 headers'] ?? '',
  }),
]
