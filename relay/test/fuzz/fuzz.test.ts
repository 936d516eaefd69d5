import { expect, it } from 'vitest'
import { connect } from '../socket.js'
import { attack } from './attack.js'
import { startFuzzRelay } from './fuzz-relay.js'
import { Generator } from './generator.js'

// `npm run fuzz -- [inputs] [seed]` runs the long form.

const long = process.env.WILDCAST_LONG === '1'
const inputs = Number(process.env.FUZZ_INPUTS ?? (long ? 100_000 : 10_000))
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)

/** Attacks that run at the same time. */
const atOnce = 4

/** The heap may grow by caches and compiled code, whatever the number of inputs. */
const growth = 24 * 1024 * 1024

it(`survives ${inputs} random inputs, with another client served and its memory back (FUZZ_SEED=${seed})`, async () => {
  const relay = await startFuzzRelay()
  const random = new Generator(seed)
  const other = await connect(`ws://127.0.0.1:${relay.port}/ws`, 'wildcast.v1+json')
  other.send(JSON.stringify({ Connect: { token: relay.token } }))
  await other.json()
  let ref = 0

  async function run(count: number): Promise<void> {
    for (let sent = 0; sent < count; ) {
      const counts = await Promise.all(Array.from({ length: atOnce }, () => attack(relay, random)))
      for (const one of counts) sent += one
      expect(relay.crashed()).toBeUndefined()
      other.send(JSON.stringify({ Publish: { ref: ++ref, subject: 'other', message: '' } }))
      expect(await other.json()).toEqual({ Ack: { ref } })
    }
    // Only the other client is left, once the sessions of clients that vanished have expired.
    await expect.poll(() => relay.sessions()).toBe(1)
  }

  await run(Math.min(2000, inputs / 4))
  const before = await relay.heap()
  await run(inputs)
  await expect.poll(async () => (await relay.heap()) - before).toBeLessThan(growth)
  expect(relay.crashed()).toBeUndefined()
})
