import { isDeepStrictEqual } from 'node:util'
import type { OnFailure } from '../../core/outlet.js'
import type { Config } from '../config/config.js'
import type { ListenRemedies } from '../listen-failure.js'
import type { Division } from './divide.js'
import { type ProcessOptions, processSlots, type ReloadableSlot } from './process-slots.js'
import { replaceEach } from './replace-each.js'
import type { WorkerSlot } from './worker-slot.js'

export interface SupervisorOptions {
  /** The private folder of its sockets. */
  readonly folder: string
  readonly onError: OnFailure
  readonly remedies: ListenRemedies
  /** Whether components are loaded again when their files change. */
  readonly reload: boolean
}

/** All processes of a primary, for one configuration after the other. */
export class Supervisor {
  /** Those that take clients. The array stays the same, and its slots change. */
  readonly workers: WorkerSlot[] = []
  readonly #options: SupervisorOptions
  readonly #openSlot: (options: ProcessOptions) => ReloadableSlot
  /** Every slot that may have a process. */
  #all: Set<WorkerSlot> = new Set()
  readonly #memory: Set<WorkerSlot> = new Set()
  #memoryBrokers: Division['memory'] = new Map()
  #inside: { readonly config: Config; readonly slot: ReloadableSlot } | undefined
  #closing = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#openSlot = processSlots(options)
  }

  /** The memory brokers that are open, by name. */
  get memoryBrokers(): Division['memory'] {
    return this.#memoryBrokers
  }

  async open({ workers, inside, memory }: Division, count: number): Promise<void> {
    await this.#openMemory(memory)
    const opened = Array.from({ length: count }, (_, i) => this.#workerSlot(i, workers, false))
    this.workers.push(...opened)
    const relays = inside ? [...opened, this.#insideSlot(inside, false)] : opened
    await Promise.all(relays.map((one) => one.open()))
  }

  /**
   * Switches to another configuration: components first, then each worker. Returns what was done.
   * @throws the reason if a process can't be opened; processes that were not replaced yet stay
   */
  async replace({ workers, inside, memory, restarts }: Division, count: number): Promise<readonly string[]> {
    await this.#openMemory(memory)
    const done = [...restarts, ...(await this.#renewInside(inside))]
    await replaceEach(this.workers, (i) => this.#workerSlot(i, workers, true))
    while (this.workers.length < count) {
      const slot = this.#workerSlot(this.workers.length, workers, true)
      await slot.open()
      this.workers.push(slot)
    }
    for (const slot of this.workers.splice(count)) await slot.close()
    const { slot: components } = this.#inside ?? {}
    this.#all = new Set([...this.workers, ...this.#memory, ...(components ? [components] : [])])
    return [...done, count === 1 ? 'the worker is replaced' : `${count} workers are replaced`]
  }

  async close(): Promise<void> {
    this.#closing = true
    const relays = [...this.#all].filter((one) => !this.#memory.has(one))
    await Promise.all(relays.map((one) => one.close()))
    await Promise.all([...this.#memory].map((one) => one.close()))
  }

  /**
   * Opens the memory brokers that are not open yet. Those no longer configured keep their state.
   */
  async #openMemory(all: Division['memory']): Promise<void> {
    const brokers = [...all.values()].filter(({ name }) => !this.#memoryBrokers.has(name))
    if (brokers.length === 0) return
    const slot = this.#add({ name: 'the memory process', main: 'memory', task: { brokers } })
    this.#memory.add(slot)
    await slot.open()
    this.#memoryBrokers = all
  }

  /** Reloads modules if that is enough: a process that is replaced misses messages meanwhile. */
  async #renewInside(config: Config | undefined): Promise<readonly string[]> {
    const before = this.#inside
    if (!before && !config) return []
    if (before && isDeepStrictEqual(before.config, config)) {
      if (before.config.components.length === 0) return []
      await before.slot.reload()
      return ['the components are loaded again']
    }
    await this.#replaceInside(config)
    return ['the process of the components is replaced']
  }

  /**
   * Two processes would act on each message twice, so the old one ends first. If the new one fails,
   * it restarts.
   */
  async #replaceInside(config: Config | undefined): Promise<void> {
    const before = this.#inside
    await before?.slot.close()
    this.#inside = undefined
    if (!config) return
    try {
      await this.#insideSlot(config, true).open()
    } catch (cause) {
      this.#inside = undefined
      if (before && !this.#closing) await this.#insideSlot(before.config, true).open()
      throw cause
    }
  }

  #insideSlot(config: Config, replaces: boolean): ReloadableSlot {
    const task = { config, reload: this.#options.reload, replaces }
    const slot = this.#relaySlot('the process of the components', task, true)
    this.#inside = { config, slot }
    return slot
  }

  #workerSlot(index: number, config: Config, replaces: boolean): WorkerSlot {
    return this.#relaySlot(`worker ${index + 1}`, { config, reload: false, replaces })
  }

  #relaySlot(name: string, task: object, inside = false): ReloadableSlot {
    return this.#add({ name, main: 'relay', task: { ...task, remedies: this.#options.remedies }, inside })
  }

  #add(options: ProcessOptions): ReloadableSlot {
    if (this.#closing) throw new Error('the relay goes away')
    const slot = this.#openSlot(options)
    this.#all.add(slot)
    return slot
  }
}
