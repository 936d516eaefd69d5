import type { Client } from '@wildcast/client'

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

/** The first of these brokers that the relay has; undefined for the relay's default. */
export function brokerFor({ welcome }: Client, names: readonly string[]): string | undefined {
  return names.find((name) => welcome?.brokers.some((each) => each.name === name))
}
