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
  /** How the log calls it. */
  readonly name: string
  /** What the process is: see `memory-main.ts` and `relay-main.ts`. */
  readonly main: 'memory' | 'relay'
  /** What it is told at its start, beside the folder. */
  readonly task: object
  /** Whether components and bridges are in it. @default false */
  readonly inside?: boolean
}

/** A place in a crew. */
export interface CrewPlace extends WorkerSlot {
  /**
   * Loads the modules of its components again. @throws {WildcastError} if one can't be loaded: the
   * old ones go on
   */
  reload(): Promise<void>
}

/**
 * Opens places for the processes of a primary. They count together: each that asks is told what all
 * of them have counted.
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

  /** A process that was killed leaves its doors behind. */
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
