/** A write on a condition, as its client knows it. Times count events of the run. */
export interface RecordedCondition {
  /** Whether it deletes the value. */
  readonly deletes: boolean
  /** Writes only if the value has this revision; with null, only if there is no value. */
  readonly ifRevision?: string | null | undefined
  readonly from: number
  /** Absent if the outcome is unknown. */
  readonly to?: number
  readonly outcome: 'written' | 'unchanged' | 'refused' | 'unknown'
  /** Of the value that was written; of the present one, if it was refused. */
  readonly revision?: string | undefined
}

/** The state of the subject after a write. */
interface State {
  /** Absent if there is no value. */
  readonly revision: string | undefined
  /** When the write began; it took effect after that. */
  readonly from: number
  /** When it was acknowledged; it took effect before that. */
  readonly to: number
  readonly write: RecordedCondition | undefined
}

/**
 * Checks that the writes of one subject are linearizable: in the order of their revisions, which
 * agrees with time, each condition holds before its write, and a refusal has a moment at which its
 * condition did not hold. Returns the faults.
 */
export function faultsOfConditions(history: readonly RecordedCondition[]): string[] {
  const states = statesOf(history)
  const mayHide = history.some(({ outcome }) => outcome === 'unknown')
  return [
    ...faultsOfOrder(states),
    ...states.flatMap((state, i) => faultOfWrite(state, states[i - 1], mayHide)),
    ...history.flatMap((one) => faultOfOther(one, states, mayHide)),
  ]
}

function statesOf(history: readonly RecordedCondition[]): readonly State[] {
  const written = history.filter(({ outcome }) => outcome === 'written')
  const ordered = [...written].sort(({ revision: a = '' }, { revision: b = '' }) => (a < b ? -1 : 1))
  const start: State = { revision: undefined, from: -1, to: -1, write: undefined }
  return [
    start,
    ...ordered.map((write) => ({
      revision: write.deletes ? undefined : write.revision,
      from: write.from,
      to: write.to ?? Number.POSITIVE_INFINITY,
      write,
    })),
  ]
}

function faultsOfOrder(states: readonly State[]): string[] {
  const faults: string[] = []
  let latestFrom = -1
  let last: string | undefined
  for (const { write, from, to } of states) {
    if (!write) continue
    if (write.revision === undefined) faults.push('a write was acknowledged without a revision')
    if (write.revision === last) faults.push(`two writes have the revision ${last}`)
    if (to < latestFrom) faults.push(`${write.revision} ended before an earlier revision began`)
    last = write.revision
    latestFrom = Math.max(latestFrom, from)
  }
  return faults
}

/** The condition of a write holds for the state before it. */
function faultOfWrite({ write }: State, before: State | undefined, mayHide: boolean): string[] {
  if (!write || write.ifRevision === undefined || !before) return []
  const wanted = write.ifRevision ?? undefined
  if (before.revision === wanted) return []
  // A write with an unknown outcome may stand between the two.
  if (mayHide && !(wanted !== undefined && before.write && wanted < (before.write.revision ?? ''))) return []
  return [`${write.revision} was written on ${wanted ?? 'no value'}, but there was ${before.revision ?? 'no value'}`]
}

/** A write without an effect has a moment that explains it. */
function faultOfOther(one: RecordedCondition, states: readonly State[], mayHide: boolean): string[] {
  if (one.outcome !== 'refused' && one.outcome !== 'unchanged') return []
  if (one.outcome === 'refused' && one.ifRevision === undefined) return ['a write without a condition was refused']
  if (mayHide) return []
  const wanted = one.ifRevision ?? undefined
  const explains = (state: State, i: number): boolean => {
    const next = states[i + 1]
    const isThere = state.from <= (one.to ?? Number.POSITIVE_INFINITY) && (!next || next.to >= one.from)
    if (!isThere) return false
    if (one.outcome === 'unchanged') return one.deletes && state.revision === undefined
    return state.revision !== wanted && state.revision === one.revision
  }
  if (states.some(explains)) return []
  const present = one.revision ?? 'no value'
  return [`a write on ${wanted ?? 'no value'} was ${one.outcome}, with ${present}, but at no moment was that so`]
}
