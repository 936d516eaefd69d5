import { jsonCodec } from '@wildcast/protocol'
import { msgpackCodec } from '@wildcast/protocol/msgpack'
import { dialectContract } from '../dialect.contract.js'
import { v1Codecs } from './encoders.js'
import { v1 } from './v1.js'

for (const codec of [jsonCodec, msgpackCodec]) {
  const encoder = v1Codecs.get(codec.subprotocol as string)?.encoders.plain
  if (!encoder) throw new Error(`${codec.name} has no encoder`)
  dialectContract(`v1 in ${codec.name}`, {
    open: v1(codec, encoder),
    publish: (subject, message) => codec.encode({ kind: 'Publish', subject, message }),
    subscribe: (subject) => codec.encode({ kind: 'Subscribe', subject }),
    nonsense: ['', '{', '{"Publish":{}}', '"Nothing"', Uint8Array.of(), Uint8Array.of(0xc1), Uint8Array.of(0x81, 0xa1)],
  })
}
