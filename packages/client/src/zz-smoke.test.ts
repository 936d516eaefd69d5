import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startRelay } from '../../../relay/test/start-relay.js'
import { createClient } from './index.js'
import { classicMsgpack, msgpack } from './msgpack.js'

for (const [name, extra] of [['json', {}], ['msgpack', { codec: msgpack }], ['classic', { dialect: 'classic' }]] as const)
test(`real relay ${name}`, async () => {
  const { address } = await startRelay()
  const a = createClient({ url: `http://${address}`, WebSocket, ...extra })
  const b = createClient({ url: `http://${address}`, WebSocket, ...extra })
  const sub = a.subscribe('good.*')
  await sub.ready
  const undo = a.serve('math.sum', async (m) => (m.data as number[]).reduce((x, y) => x + y))
  if (name !== 'classic') a.serve('stream', async function* () { yield 1; yield 2; return 3 })
  a.serve('fail', () => { throw new Error('boom') })
  await new Promise((r) => setTimeout(r, 100))
  const n = 1000
  const outs = Promise.all(Array.from({ length: n }, (_, i) => b.publish('good.apple', i)))
  const seen: unknown[] = []
  for await (const m of sub) { seen.push(m.data); if (seen.length === n) break }
  expect(seen).toEqual(Array.from({ length: n }, (_, i) => i))
  console.log(name, new Set(await outs), b.welcome)
  console.log((await b.request('math.sum', [1, 2, 3])).data)
  if (name !== 'classic') {
  const parts: unknown[] = []
  console.log((await b.request('stream', null, { onPart: (p) => parts.push(p.data) })).data, parts)
  console.log(await b.request('fail').catch((e) => [e.code, e.message]))
  undo()
  console.log(await b.request('math.sum', [1, 2, 3], {timeoutMs: 500}).catch((e) => [e.code, e.message]))
  console.log(await b.publish('$sys.x', 1).catch((e) => [e.code, e.message]))
  console.log(await b.publish('a', 1, {broker: 'nope'}).catch((e) => [e.code, e.message]))
  }
  a.close(); b.close()
})
void classicMsgpack
