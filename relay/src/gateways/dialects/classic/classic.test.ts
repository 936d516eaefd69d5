import { dialectContract } from '../dialect.contract.js'
import { classicDialect } from './classic.js'
import { classicEncoders } from './encoders.js'

dialectContract('classic', {
  // In JSON a payload is an array of bytes, which other tests check; here it is read as text.
  open: classicDialect({
    ...classicEncoders.json.plain,
    message: ({ payload }) => new TextEncoder().encode(String(payload)),
  }),
  publish: (subject, payload) => JSON.stringify({ Publish: { subject, message: [...Buffer.from(payload)] } }),
  subscribe: (pattern) => JSON.stringify({ Subscribe: pattern }),
  nonsense: ['', '{', '{"Publish":{}}', Uint8Array.of(0xc1)],
})
