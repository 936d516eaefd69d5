import { describe, expect, it } from 'vitest'
import { nobody } from '../../src/core/observer.js'
import { memory, newId, realClock } from '../../src/index.js'
import { openBroker } from '../../src/node/open-broker.js'
import { type Kind, kinds } from '../brokers/kinds.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import type { Program } from '../servers/program.js'
import { openProxy, type TcpProxy } from '../servers/tcp-proxy.js'
import { type StartedRelay, startRelay } from '../start-relay.js'
import { gather } from './crowd.js'
import { brokenPromises, type History } from './history.js'

const ports = { clock: realClock, newId }
const pingIntervalMs = 1000

/**
 * The time of a pause, longer than all timeouts of signs of life. The pause itself is the fault:
 * nothing is expected within it.
 */
const pauseMs = 10_000

/** Each breaks the connection to a broker, waits until the relay has noticed, and restores it. */
const faults: Record<string, (server: Program, proxy: TcpProxy, noticed: () => Promise<void>) => Promise<void>> = {
  async 'is killed and started again'(server, _, noticed) {
    await server.kill()
    await noticed()
    await server.restart()
  },
  async 'answers nothing for 10 s'(server, _, noticed) {
    await server.pause()
    await noticed()
    await new Promise<void>((resolve) => void realClock.after(pauseMs, resolve))
    server.resume()
  },
  async 'has its connections cut'(_, proxy, noticed) {
    proxy.cut()
    await noticed()
  },
}

interface Chaos extends StartedRelay {
  readonly server: Program
  readonly proxy: TcpProxy
  /** How often the connection was lost. */
  losses(): number
}

async function startChaos({ start, settings }: Kind): Promise<Chaos> {
  const server = endsWithTest(await start())
  const proxy = endsWithTest(await openProxy(server.port))
  let losses = 0
  const relay = await startRelay({
    brokers: { control: memory(ports), shaken: openBroker(settings(proxy.port, pingIntervalMs)) },
    observer: {
      ...nobody,
      status: (broker, now) => {
        if (broker === 'shaken' && now === 'down') losses++
      },
    },
  })
  return { ...relay, server, proxy, losses: () => losses }
}

const gapsOf = ({ subscriptions }: History): number =>
  [...subscriptions.values()].reduce((sum, { received }) => sum + received.filter((event) => event === 'gap').length, 0)

describe.each(Object.entries(kinds))('while 20 clients publish and 20 subscribe on %s', (_, kind) => {
  it('every loss is covered by a gap, no message comes twice, and other brokers notice nothing (B1, B2)', async () => {
    const chaos = await startChaos(kind)
    const { server, proxy, losses } = chaos
    const url = `ws://${chaos.address}`
    const shaken = await gather({ url, broker: 'shaken', publishers: 20, subscribers: 20 })
    const control = await gather({ url, broker: 'control', publishers: 2, subscribers: 2 })
    await shaken.untilAllReceive()
    for (const [fault, inflict] of Object.entries(faults)) {
      const before = losses()
      await inflict(server, proxy, async () => {
        await expect.poll(losses).toBeGreaterThan(before)
        await control.untilAllReceive() // while the other is lost
      })
      const mended = realClock.now()
      await shaken.untilAllReceive()
      console.log(`a broker that ${fault}: whole again after ${Math.round(realClock.now() - mended)} ms`)
    }
    await Promise.all([shaken.settle(), control.settle()])
    expect(brokenPromises(shaken.history())).toEqual([])
    expect(brokenPromises(control.history())).toEqual([])
    // Every subscriber got a gap for every loss, and the others none.
    expect(gapsOf(shaken.history())).toBe(20 * losses())
    expect(gapsOf(control.history())).toBe(0)
    expect(losses()).toBeGreaterThanOrEqual(3)
  })
})
