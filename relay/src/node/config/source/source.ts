import type { Path } from '../path.js'

/**
 * Something wrong with a value, as its sentence; `{it}` in there stands for the name of the value.
 */
export interface ConfigFault {
  readonly path: Path
  readonly message: string
}

/** A configuration as it was written, before anything in it was understood. */
export interface Source {
  readonly value: unknown
  /** What is wrong in the writing alone. */
  readonly faults: readonly (ConfigFault & { readonly line: number })[]
  /**
   * The line of a key; of the nearest thing around it where the key is not there. Undefined where
   * lines are not known.
   */
  lineOf(path: Path): number | undefined
}

/** The lines of a text in which keys stand. */
export class Lines {
  readonly #text: string
  readonly #byPath: Map<string, number> = new Map()

  constructor(text: string) {
    this.#text = text
  }

  /** Notes that a key stands at an offset. The first place counts. */
  note(path: Path, offset: number): void {
    const key = JSON.stringify(path)
    if (path.length > 0 && !this.#byPath.has(key)) this.#byPath.set(key, this.at(offset))
  }

  of(path: Path): number | undefined {
    if (path.length === 0) return undefined
    return this.#byPath.get(JSON.stringify(path)) ?? this.of(path.slice(0, -1))
  }

  at(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length
  }
}
