import type { Config, RunningConfig } from '@wildcast/relay/config'
import type { Door } from './door.js'
import { has } from './files.js'
import { type GivenConfig, givenConfig } from './given-config.js'
import { type Reports, textOf } from './reports.js'
import { type RunPorts, runBehind } from './run-behind.js'

/** The server of a relay, as the relay sees it. */
export interface DevRelayPorts extends RunPorts {
  readonly root: string
  readonly door: Door
  readonly reports: Reports
  /** Watches a file, which may be outside of the root. */
  watch?(file: string): void
}

/** A relay that follows the files of its configuration. It is closed until `open` is called. */
export class DevRelay {
  /** Resolves when it has closed for good. */
  readonly closed: Promise<void>
  readonly #ports: DevRelayPorts
  readonly #source: GivenConfig
  #running: RunningConfig | undefined
  /** The modules that can't be loaded. */
  #broken: readonly string[] = []
  /** Openings, changes and the end, one after the other. */
  #work: Promise<void> = Promise.resolve()
  /** Whether it was to open: before, another one may use the same ports. */
  #begun = false
  #closing = false
  #resolveClosed: () => void = () => {}

  constructor(config: string | object | undefined, ports: DevRelayPorts) {
    this.#ports = ports
    this.#source = givenConfig(config, ports.root)
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
  }

  /** Opens it. If its configuration or a module has a mistake, it opens when that is corrected. */
  open(): void {
    this.#begun = true
    this.#then(() => this.#open())
  }

  /**
   * Acts on changed files, given by their absolute paths.
   * @param isNew - whether one is new: a module that is broken may have missed it
   */
  changed(files: ReadonlySet<string>, isNew: boolean): void {
    if (!this.#begun) return
    this.#then(async () => {
      const file = await this.#source.file()
      const isConfig = file !== undefined && has(files, file)
      const before = this.#broken
      const isChanged = (source: string): boolean => has(files, source) || (isNew && before.includes(source))
      if (this.#running) await (isConfig ? this.#applyConfig() : this.#reloadModules(this.#running, isChanged))
      else if (isConfig || before.some(isChanged)) await this.#open()
    })
  }

  /** Closes it. */
  close(): Promise<void> {
    this.#closing = true
    this.#ports.door.close()
    this.#work = this.#work
      .then(() => this.#running?.close())
      .catch((cause: unknown) => this.#ports.reports.failed(cause))
      .finally(this.#resolveClosed)
    return this.#work
  }

  #then(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(() => (this.#closing ? undefined : work()))
      .catch((cause: unknown) => this.#ports.reports.failed(cause))
  }

  async #open(): Promise<void> {
    const { door, reports, watch } = this.#ports
    door.wait()
    try {
      const file = await this.#source.file()
      if (file !== undefined) watch?.(file)
      const config = await this.#source.read()
      this.#broken = sourcesOf(config)
      this.#running = await runBehind(config, this.#ports)
      this.#broken = []
      for (const note of config.notes) reports.info(note)
      reports.cleared()
      if (!this.#closing) door.open()
    } catch (cause) {
      door.refuse(`the relay is not open: ${textOf(cause)}`)
      throw cause
    }
  }

  async #applyConfig(): Promise<void> {
    const { reports } = this.#ports
    const lines = await this.#running?.reload(await this.#source.read())
    for (const line of lines ?? [])
      reports.info(line.includes('restart to change') ? `${line}: press r, then Enter` : line)
    reports.cleared()
  }

  async #reloadModules({ reloadModules }: RunningConfig, isChanged: (source: string) => boolean): Promise<void> {
    const { reports } = this.#ports
    const tried = new Set<string>()
    const failed = await reloadModules((source) => {
      const isTried = isChanged(source)
      if (isTried) tried.add(source)
      return isTried
    }, reports.info)
    if (tried.size === 0) return
    this.#broken = [...this.#broken.filter((source) => !tried.has(source)), ...failed]
    if (this.#broken.length === 0) reports.cleared()
  }
}

/** The modules that a configuration names. */
function sourcesOf({ components, auth, contract }: Config): readonly string[] {
  return [
    ...components.map(({ source }) => source),
    ...(auth?.module === undefined ? [] : [auth.module]),
    ...(contract ? [contract.file] : []),
  ]
}
