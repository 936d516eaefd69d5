import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Config } from '../config/config.js'
import { type ListenRemedies, listenFailure } from '../listen-failure.js'
import { openLog } from '../log.js'
import { type Acceptor, acceptor } from './acceptor.js'
import { wakefulClock } from './clock.js'
import { crew } from './crew.js'
import { divide } from './divide.js'
import type { Place } from './place.js'

export interface RunWorkersOptions {
  /** How many relays share the ports. */
  readonly count: number
  /** Where a user can change what keeps a port from being opened. */
  readonly remedies: ListenRemedies
  /** Whether components are loaded again when their files change. */
  readonly reload: boolean
}

/** What a configuration has become. */
export interface Running {
  /** The ports that are listened on, in the order of the configuration's gateways. */
  readonly ports: readonly number[]
  close(): Promise<void>
}

/**
 * Opens everything that a configuration names, over several relays. This process accepts clients, and hands each to the worker whose turn it is; memory brokers have a process
 * of their own, and so have components together with bridges. Whatever ends is replaced.
 */
export async function runWorkers(config: Config, { count, reload, remedies }: RunWorkersOptions): Promise<Running> {
  checkPlain(config)
  const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-')) // nobody else may enter it
  const { sockets, workers: shared, inside } = divide(config, folder)
  const { onError } = openLog(wakefulClock)
  const place = crew({ folder, onError })
  const relay = (name: string, task: { config: Config; reload: boolean }, inside = false): Place =>
    place({ name, main: 'relay', task: { ...task, remedies }, inside })
  const memory = sockets.length === 0 ? [] : [place({ name: 'the memory process', main: 'memory', task: { sockets } })]
  const workers = Array.from({ length: count }, (_, i) => relay(`worker ${i + 1}`, { config: shared, reload: false }))
  const relays = inside
    ? [...workers, relay('the process of the components', { config: inside, reload }, true)]
    : workers
  const acceptors: Acceptor[] = []
  const hand = inTurns(workers)

  async function close(): Promise<void> {
    for (const one of acceptors) one.close()
    await Promise.all(relays.map((one) => one.close()))
    await Promise.all(memory.map((one) => one.close()))
    await rm(folder, { recursive: true, force: true })
  }

  try {
    await Promise.all(memory.map((one) => one.open()))
    await Promise.all(relays.map((one) => one.open()))
    for (const [endpoint, { port, host }] of config.gateways.entries())
      acceptors.push(await acceptor({ port, host, onError, accepted: (socket) => hand(socket, endpoint) }))
    return { ports: acceptors.map(({ port }) => port), close }
  } catch (cause) {
    await close()
    throw listenFailure(cause, remedies)
  }
}

/** Other processes get a copy. */
function checkPlain(config: Config): void {
  try {
    structuredClone(config)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`with several workers a configuration holds text, numbers, lists and tables only: ${why}`, {
      cause,
    })
  }
}

/** Gives each client to the next worker that is there. */
function inTurns(workers: readonly Place[]): (socket: Socket, endpoint: number) => void {
  let turn = 0
  return function hand(socket, endpoint) {
    const arrival = { endpoint, socket, again: () => hand(socket, endpoint) }
    for (let tries = workers.length; tries > 0; tries--) if (workers[turn++ % workers.length]?.hand(arrival)) return
    socket.destroy() // all of them are being replaced: its client comes again
  }
}
