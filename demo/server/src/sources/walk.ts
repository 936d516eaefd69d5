/** A value that changes by small random steps and returns to its mean. */
export interface Walk {
  readonly mean: number
  /** How far one step changes the value at most. */
  readonly step: number
}

/** Under load a value is published more often than it changes. */
const leastStepMs = 100

/** Starts a walk. Each call of the result returns the value, after a step if the last is over. */
export function startWalk({ mean, step }: Walk): () => number {
  let value = mean
  let steppedAt = 0
  return () => {
    const now = performance.now()
    if (now - steppedAt < leastStepMs) return value
    steppedAt = now
    value += (Math.random() * 2 - 1) * step + (mean - value) * 0.02
    return value
  }
}
