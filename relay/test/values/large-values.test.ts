import { describe, expect, it } from 'vitest'
import { meteredRelay } from '../metered-relay.js'
import { connect } from '../socket.js'

const megabyte = 1_000_000
const count = 60

describe('large values', () => {
  it('wait for a reader that does not read, at no cost to the relay and to others (Q10)', async () => {
    const relay = await meteredRelay(['gateway', '--broker', 'InMemoryBroker', '--port', '0'])
    const open = () => connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
    const writer = await open()
    const message = 'x'.repeat(megabyte)
    for (let ref = 0; ref < count; ref++) {
      writer.send(JSON.stringify({ Publish: { ref, subject: `v.${ref}`, message, retain: true } }))
      expect(await writer.json()).toMatchObject({ Ack: { ref } })
    }
    const ask = JSON.stringify({ Subscribe: { ref: 1, subject: 'v.*', retained: true } })
    const reader = await open()
    reader.send(ask)
    for (let frames = 0; frames < count + 2; frames++) await reader.next()

    const before = await relay.heap()
    const slow = [await open(), await open(), await open()]
    for (const { ws } of slow) {
      ws.pause()
      ws.send(ask)
    }
    writer.send(JSON.stringify({ Publish: { ref: count, subject: 'v.0', message: 'new', retain: true } }))
    expect(await writer.json()).toMatchObject({ Ack: { ref: count } })
    expect(JSON.parse(String(await reader.next()))).toMatchObject({ Message: { subject: 'v.0', message: 'new' } })
    // A value or two of each, which the network has not taken, and no more.
    expect((await relay.heap()) - before).toBeLessThan(20 * megabyte)

    const [first] = slow
    first?.ws.resume()
    const subjects = new Set<string>()
    for (let frame = ''; !frame.startsWith('{"Synced"'); frame = String(await first?.next())) {
      const subject = /"subject":"(v\.\d+)"/.exec(frame)?.[1]
      if (subject !== undefined) subjects.add(subject)
    }
    expect(subjects.size).toBe(count)
  })
})
