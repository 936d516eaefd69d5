/** A value that changes by small random steps and returns to its mean. */
export interface Walk {
  readonly mean: number
  /** How far one step changes the value at most. */
  readonly step: number
}

/** Starts a walk. Each call of the result makes one step and returns the value. */
export function startWalk({ mean, step }: Walk): () => number {
  let value = mean
  return () => {
    value += (Math.random() * 2 - 1) * step + (mean - value) * 0.02
    return value
  }
}
