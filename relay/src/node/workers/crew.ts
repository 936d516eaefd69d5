import { fork } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { WildcastError } from '@wildcast/protocol'
import type { OnFailure } from '../../core/outlet.js'
import { census } from './census.js'
import { wakefulClock as clock } from './clock.js'
import { moduleReloads } from './module-reloads.js'
import { place, type WorkerSlot } from './place.js'
import { reports } from './reports.js'
import type { FromMember } from './words.js'

export interface CrewOptions {
  /** The private folder of its sockets. */
  readonly folder: string
  readonly onError: OnFailure
}

export interface WorkerMemberOptions {
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
export interface CrewPlace extends WorkerSlot {
  /**
   * Reloads the modules of its components. @throws {WildcastError} if one can't be loaded: the old
   * ones stay in use
   */
  reload(): Promise<void>
}

/**
 * Opens slots for the processes of a primary. Each process that asks receives the figures of all of
 * them.
 */
export function crew({ folder, onError }: CrewOptions): (options: WorkerMemberOptions) => CrewPlace {
  const counts = census(clock)
  const relays = new Set<WorkerSlot>()
  let components: WorkerSlot | undefined
  const states = reports(() => components)
  const reloads = moduleReloads(clock)
  const failed = (cause: unknown): void => onError(WildcastError.from(cause), { stage: 'worker' })

  function heard(words: FromMember, from: WorkerSlot): void {
    if (words.kind === 'reported') states.heard(words.number, words.parts)
    if (words.kind === 'reloaded') reloads.heard(words.number, words.failure)
    if (words.kind === 'inquire') states.take().then((parts) => from.say({ kind: 'informed', parts }), failed)
    if (words.kind === 'counted') counts.heard(from, words.figures)
    if (words.kind === 'sum') counts.take([...relays]).then((figures) => from.say({ kind: 'summed', figures }), failed)
  }

  /** A process that was killed leaves its sockets behind. */
  async function closeDoors(relay: string): Promise<void> {
    const doors = (await readdir(folder)).filter((name) => name.startsWith(`${relay}.`))
    await Promise.all(doors.map((name) => rm(path.join(folder, name), { force: true })))
  }

  return ({ name, main, task, inside = false }) => {
    const opened: WorkerSlot = place({
      name,
      fork: () => fork(new URL(`./${main}-main.js`, import.meta.url), { serialization: 'advanced' }),
      task: { folder, ...task },
      heard: (words) => heard(words, opened),
      ended(relay) {
        counts.ended(opened)
        if (relay !== undefined) closeDoors(relay).catch(failed)
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
      reload: () => reloads.ask(opened),
      close() {
        closed ??= close()
        return closed
      },
    }
  }
}
