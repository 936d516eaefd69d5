import { encode } from '@msgpack/msgpack'

// Frames that are slow to read or to reject, as large as a relay accepts them.

const frame = (more: string): string => `{"Publish":{"ref":1,"subject":"a","message":"",${more}}}`

/** In JSON, each with a `ref` of 1 if it can be found. */
export const jsonFrames: Readonly<Record<string, string>> = {
  '9,900 lists of blanks': frame(`"x":[${Array(9900).fill(`[${' '.repeat(257)}]`)}]`),
  '1,900 lists of numbers': frame(`"x":[${Array(1900).fill(`[${'1,'.repeat(1030)}1]`)}]`),
  '300,000 keys': frame(`"x":{${Array.from({ length: 300_000 }, (_, i) => `"k${i}":1`)}}`),
  'two million quotes in a string': frame(`"x":"${'\\"'.repeat(2_000_000)}"`),
  'nothing but quotes': `{"Publish":${'"'.repeat(4_000_000)}`,
  'a number of 4 MB': frame(`"x":${'1'.repeat(4_000_000)}`),
  'four megabytes of white space': frame(`${' '.repeat(4_000_000)}"x":1`),
  'brackets that never close': `{"Publish":${'['.repeat(4_000_000)}`,
  'a subject of 4 MB': `{"Publish":{"ref":1,"subject":"${'a.'.repeat(2_000_000)}","message":""}}`,
  '20,000 headers': frame(`"headers":{${Array.from({ length: 20_000 }, (_, i) => `"h${i}":"x"`)}}`),
  'a kind that is no publish, of 4 MB': `{"Subscribe":{"ref":1,"subject":"${'a'.repeat(4_000_000)}"}}`,
}

const publishHead = Buffer.from([0x81, 0xa7, ...Buffer.from('Publish')])
const long = (tag: number, length: number): Buffer => {
  const head = Buffer.alloc(5, tag)
  head.writeUInt32BE(length, 1)
  return head
}
const [list, map, text] = [0xdd, 0xdf, 0xdb]

/** In MessagePack. */
export const messagePackFrames: Readonly<Record<string, Uint8Array>> = {
  'four million empty maps': Buffer.concat([long(map, 2_000_000), Buffer.alloc(4_000_000, 0x80)]),
  'two million empty maps in a publish': Buffer.concat([
    publishHead,
    long(map, 1_000_000),
    Buffer.alloc(2_000_000, 0x80),
  ]),
  'four million numbers and a nil': Buffer.concat([
    publishHead,
    long(list, 4_000_000),
    Buffer.alloc(3_999_999, 1),
    Buffer.of(0xc0),
  ]),
  '9,000 lists of 260 numbers': Buffer.concat([
    publishHead,
    long(list, 9000),
    ...Array<Buffer>(9000).fill(Buffer.concat([Buffer.of(0xdc, 1, 4), Buffer.alloc(260, 1)])),
  ]),
  'a text of 4 MB that is not UTF-8': Buffer.concat([
    publishHead,
    long(text, 4_000_000),
    Buffer.alloc(4_000_000, 0xff),
  ]),
  'values behind the end': Buffer.concat([publishHead, Buffer.alloc(4_000_000, 0x80)]),
  'an extension of 4 MB': Buffer.concat([publishHead, long(0xc9, 4_000_000), Buffer.alloc(4_000_001, 1)]),
  '20,000 headers': encode({
    Publish: {
      subject: 'a',
      message: '',
      headers: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`h${i}`, 'x'])),
    },
  }),
}
