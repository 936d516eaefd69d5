import type { Path } from '../path.js'

/** An error in a value, as a sentence in which `{it}` is the name of the value. */
export interface ConfigFault {
  readonly path: Path
  readonly message: string
}

/** A configuration before it is validated. */
export interface Source {
  readonly value: unknown
  /** Errors in the syntax alone. */
  readonly faults: readonly (ConfigFault & { readonly line: number })[]
  /** The line of a key, else of the nearest table around it; undefined if lines are unknown. */
  lineOf(path: Path): number | undefined
}

/** The lines of the keys in a text. */
export class Lines {
  readonly #text: string
  readonly #byPath: Map<string, number> = new Map()

  constructor(text: string) {
    this.#text = text
  }

  /** Records the offset of a key. The first one counts. */
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
