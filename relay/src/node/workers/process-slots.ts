import { fork } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { WildcastError } from '@wildcast/protocol'
import type { OnFailure } from '../../core/outlet.js'
import type { FromChild } from './child-messages.js'
import { wakefulClock as clock } from './clock.js'
import { moduleReloads } from './module-reloads.js'
import { workerMetrics } from './worker-metrics.js'
import { workerQueries } from './worker-queries.js'
import { workerReports } from './worker-reports.js'
import { type WorkerSlot, workerSlot } from './worker-slot.js'

export interface ProcessSlotsOptions {
  /** The private folder of its sockets. */
  readonly folder: string
  readonly onError: OnFailure
}

export interface ProcessOptions {
  /** Its name in the log. */
  readonly name: string
  /** Its program: `memory-main.ts` or `relay-main.ts`. */
  readonly main: 'memory' | 'relay'
  /** Its task, besides the folder. */
  readonly task: object
  /** Whether it runs the components and bridges. @default false */
  readonly inside?: boolean
}

/** A slot whose process can reload modules. */
export interface ReloadableSlot extends WorkerSlot {
  /**
   * Reloads the modules of its components.
   * @throws {WildcastError} if one can't be loaded: the old ones stay in use
   */
  reload(): Promise<void>
}

/**
 * Opens slots for the processes of a primary. Each process that asks receives the figures of all of
 * them.
 */
export function processSlots({ folder, onError }: ProcessSlotsOptions): (options: ProcessOptions) => ReloadableSlot {
  const metrics = workerMetrics(clock)
  const relays = new Set<WorkerSlot>()
  let components: WorkerSlot | undefined
  const reports = workerReports(() => components)
  const queries = workerQueries(clock)
  const reloads = moduleReloads(clock)
  const failed = (cause: unknown): void => onError(WildcastError.from(cause), { stage: 'worker' })

  function received(message: FromChild, from: WorkerSlot): void {
    if (message.kind === 'reported') reports.received(message.number, message.parts)
    if (message.kind === 'reloaded') reloads.received(message.number, message.failure)
    if (message.kind === 'answered') queries.received(message.number, message.answer)
    if (message.kind === 'ask') {
      const { number, query } = message
      queries.collect(query, [...relays]).then((answers) => from.send({ kind: 'answers', number, answers }), failed)
    }
    if (message.kind === 'inquire') reports.collect().then((parts) => from.send({ kind: 'informed', parts }), failed)
    if (message.kind === 'counted') metrics.received(from, message.figures)
    if (message.kind === 'sum')
      metrics.collect([...relays]).then((figures) => from.send({ kind: 'summed', figures }), failed)
  }

  /** A process that was killed leaves its sockets behind. */
  async function removeSockets(relay: string): Promise<void> {
    const sockets = (await readdir(folder)).filter((name) => name.startsWith(`${relay}.`))
    await Promise.all(sockets.map((name) => rm(path.join(folder, name), { force: true })))
  }

  return ({ name, main, task, inside = false }) => {
    const opened: WorkerSlot = workerSlot({
      name,
      fork: () => fork(new URL(`./${main}-main.js`, import.meta.url), { serialization: 'advanced' }),
      task: { folder, ...task },
      onMessage: (message) => received(message, opened),
      onEnd(relay) {
        metrics.ended(opened)
        if (relay !== undefined) removeSockets(relay).catch(failed)
      },
      clock,
      onError: failed,
    })
    if (main === 'relay') relays.add(opened)
    if (inside) components = opened
    const close = async (): Promise<void> => {
      await opened.close()
      relays.delete(opened)
    }
    let closed: Promise<void> | undefined
    return {
      ...opened,
      reload: () => reloads.request(opened),
      close() {
        closed ??= close()
        return closed
      },
    }
  }
}
