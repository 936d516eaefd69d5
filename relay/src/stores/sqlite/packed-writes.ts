import type { Payload, Subject } from '@wildcast/protocol'
import type { FileWrite, Outcome } from './file-write.js'

/** Fields that few writes have. */
type Rest = Omit<FileWrite, 'subject' | 'payload' | 'user' | 'append'>

/**
 * Writes on their way to the thread, as columns: to clone an object for each write would cost as
 * much as the write itself.
 */
export interface PackedWrites {
  readonly subjects: readonly Subject[]
  readonly payloads: readonly Payload[]
  readonly users: readonly (string | undefined)[]
  readonly appends: readonly (true | undefined)[]
  readonly rests: readonly (Rest | undefined)[]
}

export function packWrites(writes: readonly FileWrite[]): PackedWrites {
  return {
    subjects: writes.map(({ subject }) => subject),
    payloads: writes.map(({ payload }) => payload),
    users: writes.map(({ user }) => user),
    appends: writes.map(({ append }) => append),
    rests: writes.map(restOf),
  }
}

export function unpackWrites({ subjects, payloads, users, appends, rests }: PackedWrites): readonly FileWrite[] {
  return subjects.map((subject, i) => ({
    ...rests[i],
    subject,
    payload: payloads[i] ?? '',
    user: users[i],
    append: appends[i],
  }))
}

/** Outcomes on their way back: of most writes only the number. */
export type PackedOutcomes = readonly (string | Outcome)[]

export function packOutcomes(outcomes: readonly Outcome[]): PackedOutcomes {
  return outcomes.map((outcome) => (outcome.kind === 'written' && !outcome.repeated ? outcome.revision : outcome))
}

export function unpackOutcome(outcome: string | Outcome): Outcome {
  return typeof outcome === 'string' ? { kind: 'written', revision: outcome } : outcome
}

function restOf({ headers, ifRevision, ttlMs, will, keptAt, key }: FileWrite): Rest | undefined {
  if (!headers && ifRevision === undefined && ttlMs === undefined && !will && keptAt === undefined && !key) return
  return { headers, ifRevision, ttlMs, will, keptAt, key }
}
