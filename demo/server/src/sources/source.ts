/** A message of a source. */
export interface Sample {
  readonly subject: string
  readonly data: unknown
}

/** A simulated publisher. */
export interface Source {
  /** The brokers that carry it, the best one first. Without any of them it is the default. */
  readonly brokers: readonly string[]
  readonly everyMs: number
  /** Gives the next sample. */
  next(): Sample
}
