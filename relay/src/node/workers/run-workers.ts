import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Config, GatewayConfig } from '../config/config.js'
import { defined } from '../config/schema/defined.js'
import { type ListenRemedies, listenFailure } from '../listen-failure.js'
import { openLog } from '../log.js'
import { openContract } from '../open-contract.js'
import type { RunningConfig } from '../run-config.js'
import { type Acceptor, acceptor } from './acceptor.js'
import { wakefulClock } from './clock.js'
import { divide } from './divide.js'
import { Supervisor } from './supervisor.js'
import type { WorkerSlot } from './worker-slot.js'

export interface RunWorkersOptions {
  /** The number of relays that share the ports. */
  readonly count: number
  /** How a user can change a port that can't be opened. */
  readonly remedies: ListenRemedies
  /** Whether components are loaded again when their files change. */
  readonly reload: boolean
}

/** A configuration that runs. */
export type Running = Pick<RunningConfig, 'ports' | 'adminPort' | 'reload' | 'close'>

/**
 * Opens everything that a configuration names, with several relays. This process accepts clients
 * and passes each to the next worker; memory brokers have a process of their own, and so have
 * components together with bridges. A process that ends is replaced.
 */
export async function runWorkers(given: Config, { count, reload, remedies }: RunWorkersOptions): Promise<Running> {
  checkPlain(given)
  const { config } = await openContract(given)
  const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-')) // no other user may enter it
  const { onError } = openLog(wakefulClock)
  const supervisor = new Supervisor({ folder, onError, remedies, reload })
  const acceptors: Acceptor[] = []
  const passOn = roundRobin(supervisor.workers)
  const passToFirst = firstOnly(supervisor.workers)

  async function close(): Promise<void> {
    await Promise.all(acceptors.map((one) => one.close()))
    await supervisor.close()
    await rm(folder, { recursive: true, force: true })
  }

  try {
    await supervisor.open(divide(config, folder), count)
    for (const [endpoint, { port, host, mqtt }] of portsOf(config).entries()) {
      const pass = mqtt ? passToFirst : passOn
      acceptors.push(await acceptor({ port, host, onError, accepted: (socket) => pass(socket, endpoint) }))
    }
  } catch (cause) {
    await close()
    throw listenFailure(cause, remedies)
  }
  return {
    ports: acceptors.map(({ port }) => port).slice(0, config.gateways.length),
    adminPort: acceptors[config.gateways.length]?.port,
    close,
    async reload(read) {
      checkPlain(read)
      const { config: now } = await openContract(read)
      const samePorts = isDeepStrictEqual(portsOf(config), portsOf(now))
      // The ports belong to this process, which stays.
      const possible = samePorts ? now : { ...now, gateways: config.gateways, ...defined({ admin: config.admin }) }
      const done = await supervisor.replace(divide(possible, folder, supervisor.memoryBrokers), now.workers ?? 1)
      return samePorts ? done : [...done, 'restart to change the ports and their options']
    },
  }
}

/** The ports of the workers' endpoints, in their order. */
function portsOf({ gateways, admin }: Config): readonly Pick<GatewayConfig, 'port' | 'host' | 'mqtt'>[] {
  return [...gateways.map(({ port, host, mqtt }) => ({ port, ...defined({ host, mqtt }) })), ...(admin ? [admin] : [])]
}

/** Throws if the other processes can't get a copy. */
function checkPlain(config: Config): void {
  try {
    structuredClone(config)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`with several workers, a configuration may hold text, numbers, lists and tables only: ${why}`, {
      cause,
    })
  }
}

/** Passes each client to the first worker, which has all sessions of MQTT in its memory. */
function firstOnly(workers: readonly WorkerSlot[]): (socket: Socket, endpoint: number) => void {
  return function pass(socket, endpoint) {
    const isTaken = workers[0]?.pass({ endpoint, socket, passAgain: () => pass(socket, endpoint) })
    if (!isTaken) socket.destroy() // it is being replaced: the client reconnects
  }
}

/** Passes each client to the next worker that is ready. */
function roundRobin(workers: readonly WorkerSlot[]): (socket: Socket, endpoint: number) => void {
  let turn = 0
  return function pass(socket, endpoint) {
    const client = { endpoint, socket, passAgain: () => pass(socket, endpoint) }
    for (let tries = workers.length; tries > 0; tries--) if (workers[turn++ % workers.length]?.pass(client)) return
    socket.destroy() // all of them are being replaced: the client reconnects
  }
}
