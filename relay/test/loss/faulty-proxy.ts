import { once } from 'node:events'
import { createServer, type Socket, connect as tcp } from 'node:net'
import { realClock } from '../../src/index.js'

/** The faults of a connection. */
const faults = ['reset', 'end', 'delay', 'half-open', 'cut'] as const
export type FaultName = (typeof faults)[number]

export interface FaultyProxyOptions {
  /** A port of 127.0.0.1. */
  readonly target: number
  readonly random: () => number
}

/** A proxy that breaks connections at random between `begin` and `heal`. */
export interface FaultyProxy {
  readonly port: number
  /** How often each fault happened. */
  readonly counts: Readonly<Record<FaultName, number>>
  begin(): void
  /** Stops breaking connections; stalled ones flow again. */
  heal(): void
  close(): Promise<void>
}

/** The time between two faults. */
const restMs = { least: 20, most: 150 }

export async function openFaultyProxy({ target, random }: FaultyProxyOptions): Promise<FaultyProxy> {
  const links = new Set<Link>()
  const counts = Object.fromEntries(faults.map((name) => [name, 0])) as Record<FaultName, number>
  const between = (least: number, most: number): number => Math.floor(least + random() * (most - least))
  let stop = (): void => {}

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = tcp({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const link = new Link(near, far)
    links.add(link)
    near.once('close', () => links.delete(link))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  function inflict(link: Link, name: FaultName): void {
    counts[name]++
    if (name === 'reset') link.reset()
    else if (name === 'end') link.end()
    else if (name === 'delay') link.stall(between(20, 800), 'flow')
    else if (name === 'half-open') link.stall(between(200, 3000), 'reset')
    else link.cutAfter(between(0, 400), random() < 0.5 ? 'in' : 'out')
  }

  function next(): void {
    const link = [...links][between(0, links.size)]
    const name = faults[between(0, faults.length)]
    if (link && name) inflict(link, name)
    stop = realClock.after(between(restMs.least, restMs.most), next)
  }

  return {
    port: (server.address() as { port: number }).port,
    counts,
    begin: next,
    heal() {
      stop()
      for (const link of links) link.flow()
    },
    async close() {
      stop()
      for (const link of links) link.reset()
      await once(server.close(), 'close')
    },
  }
}

/** A connection of a client, with its connection to the relay. */
class Link {
  readonly #near: Socket
  readonly #far: Socket
  #stalled = false
  /** How many bytes may still pass in each direction. */
  readonly #left = { in: Number.POSITIVE_INFINITY, out: Number.POSITIVE_INFINITY }

  constructor(near: Socket, far: Socket) {
    this.#near = near
    this.#far = far
    for (const [from, to, way] of [
      [near, far, 'in'],
      [far, near, 'out'],
    ] as const) {
      from.on('data', (chunk) => this.#pass(chunk, to, way))
      from.on('end', () => to.end())
      from.on('error', () => this.reset())
      from.on('close', () => this.reset())
      to.on('drain', () => {
        if (!this.#stalled) from.resume()
      })
    }
  }

  reset(): void {
    for (const end of [this.#near, this.#far]) if (!end.destroyed) end.resetAndDestroy()
  }

  /** Ends both sides in good order. */
  end(): void {
    for (const end of [this.#near, this.#far]) end.end(() => end.destroySoon())
  }

  /** Holds everything for a while, which neither side notices. */
  stall(ms: number, then: 'flow' | 'reset'): void {
    this.#stalled = true
    this.#near.pause()
    this.#far.pause()
    realClock.after(ms, () => this[then]())
  }

  flow(): void {
    this.#stalled = false
    this.#near.resume()
    this.#far.resume()
  }

  /** Resets it after this number of bytes, often in the middle of a frame. */
  cutAfter(bytes: number, way: 'in' | 'out'): void {
    this.#left[way] = bytes
  }

  #pass(chunk: Buffer, to: Socket, way: 'in' | 'out'): void {
    const passing = chunk.subarray(0, this.#left[way])
    this.#left[way] -= passing.length
    if (passing.length === chunk.length) {
      if (!to.write(passing)) (to === this.#far ? this.#near : this.#far).pause()
    } else to.write(passing, () => this.reset())
  }
}
