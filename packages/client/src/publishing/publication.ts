import type { PublicationState, PublishOutcome } from './outcome.js'
import type { ReportState } from './publish.js'

/** A publish in progress: a promise of the outcome, which rejects with the refusal. */
export interface Publication extends Promise<PublishOutcome> {
  /** The key under which the message may be sent again; undefined if it has none. */
  readonly key?: string | undefined
  readonly state: PublicationState
  /**
   * Resolves with the final state; never rejects. If it was read in the same turn as the publish, a
   * refusal causes no unhandled rejection.
   */
  readonly outcome: Promise<PublishOutcome | 'rejected'>
}

/**
 * Creates the handle of a publish.
 * @param start - starts the publish and returns its key; an error that it throws is the refusal
 */
export function openPublication(start: (report: ReportState) => string | undefined): Publication {
  let key: string | undefined
  let state: PublicationState = 'waiting'
  let outcome: Publication['outcome'] | undefined
  const promise = new Promise<PublishOutcome>((resolve, reject) => {
    const report: ReportState = (next, cause) => {
      state = next
      if (next === 'rejected') reject(cause)
      else if (next !== 'sent') resolve(next)
    }
    try {
      key = start(report)
    } catch (cause) {
      report('rejected', cause)
    }
  })
  return Object.defineProperties(promise, {
    key: { value: key },
    state: { get: () => state },
    // Created when it is read: an ignored refusal must remain an unhandled rejection.
    outcome: {
      get() {
        outcome ??= promise.catch(() => 'rejected')
        return outcome
      },
    },
  }) as Publication
}
