import { expect, it } from 'vitest'
import { answer, type OutboxOnWire } from '../testing/opened-outbox.js'
import { scriptedBroker } from '../testing/scripted-broker.js'
import { message, settled } from '../testing/scripted-link.js'
import { relayOn, subscribe } from '../testing/scripted-relay.js'
import { scriptedWire, silentOwner, textEncoder } from '../testing/scripted-wire.js'
import { everything } from './access/identity.js'
import { nobody } from './observer.js'
import type { Relay } from './relay.js'

const mebibyte = 1024 * 1024
const encoder = textEncoder()

async function reader(relay: Relay): Promise<OutboxOnWire> {
  const wire = scriptedWire()
  const outbox = relay.outbox(encoder, { wire, owner: silentOwner })
  await subscribe(relay.open(outbox, everything), 'a')
  return { wire, outbox }
}

it('all slow readers of a relay share one limit, and others miss nothing (L6)', async () => {
  const broker = scriptedBroker()
  let missed = 0
  const { relay } = await relayOn(broker, { observer: { ...nobody, missed: () => missed++ } })
  const good = await reader(relay)
  const slow = await Promise.all(Array.from({ length: 400 }, () => reader(relay)))
  for (const { wire, outbox } of slow) {
    wire.stop()
    outbox.deliver(answer('first '))
  }
  await settled()
  const size = mebibyte / 16
  const each = 15
  for (let n = 0; n < each; n++) {
    broker.deliver('a', message('a', 'x'.repeat(size - '1: '.length)))
    await settled()
  }
  // None is at its own limit of 1 MiB. All share the same bytes, which count for each; and the
  // newest message of a reader always stays.
  const waiting = (slow.length * each - missed) * size
  expect(waiting).toBeLessThanOrEqual(256 * mebibyte + slow.length * size)
  expect(waiting).toBeGreaterThan(128 * mebibyte)
  expect(good.wire.text.length).toBe(each * size)
})
