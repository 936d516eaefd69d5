import { expect, it } from 'vitest'
import { meteredRelay } from '../metered-relay.js'
import { connect } from '../socket.js'

const megabyte = 1_000_000

it('large values are given to 100 readers at once, one of which does not read, in bounded memory', async () => {
  const relay = await meteredRelay(['gateway', '--broker', 'InMemoryBroker', '--port', '0'])
  const open = () => connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  const [values, readers] = [10, 100]
  const writer = await open()
  const message = 'x'.repeat(megabyte)
  for (let ref = 0; ref < values; ref++) {
    writer.send(JSON.stringify({ Publish: { ref, subject: `v.${ref}`, message, retain: true } }))
    expect(await writer.json()).toMatchObject({ Ack: { ref } })
  }
  const before = await relay.heap()
  const joined = await Promise.all(Array.from({ length: readers }, open))
  const [slow, ...others] = joined
  slow?.ws.pause()
  for (const { ws } of joined) ws.send(JSON.stringify({ Subscribe: { ref: 1, subject: 'v.*', retained: true } }))
  let most = 0
  const reading = others.map(async (reader) => {
    const subjects = new Set<string>()
    for (let frame = ''; !frame.startsWith('{"Synced"'); frame = String(await reader.next())) {
      const subject = /"subject":"(v\.\d+)"/.exec(frame.slice(0, 200))?.[1]
      if (subject !== undefined) subjects.add(subject)
    }
    most = Math.max(most, (await relay.heap()) - before)
    return subjects.size
  })
  expect(await Promise.all(reading)).toEqual(others.map(() => values))
  // All values of all readers would be 1 GB; each reader has a value or two in the relay.
  expect(most).toBeLessThan(readers * 3 * megabyte)
  expect((await relay.heap()) - before).toBeLessThan(10 * megabyte)
}, 240_000)
