import path from 'node:path'
import { WildcastError } from '@wildcast/protocol'
import type { PlaceOfError } from '../place-of-error.js'

/** Thrown if a component's module can't be loaded. */
export class ModuleFault extends WildcastError {
  /** Relative to the working directory. */
  readonly file: string
  readonly line: number | undefined
  readonly why: string

  constructor(source: string, why: string, place: PlaceOfError | undefined) {
    const file = path.relative('', place?.file ?? source)
    super('internal', `${file}${place ? `:${place.line}` : ''}: ${why}`)
    this.file = file
    this.line = place?.line
    this.why = why
  }
}
