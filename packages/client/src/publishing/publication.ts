import type { PublicationState, PublishOutcome } from './outcome.js'
import type { ReportState } from './publish.js'

/** A publish on its way. As a promise it resolves with the outcome, or rejects with the refusal. */
export interface Publication extends Promise<PublishOutcome> {
  /** The key under which it may be sent again; undefined if it has none. */
  readonly key?: string | undefined
  readonly state: PublicationState
  /**
   * The final state; never rejects. Once it has been read, a refusal is no unhandled rejection:
   * read it in the turn of the publish.
   */
  readonly outcome: Promise<PublishOutcome | 'rejected'>
}

/**
 * Makes the handle of a publish.
 * @param start - begins it. Returns its key. What it throws is the refusal
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
    // Not before it is read: a refusal that nobody looks at stays an unhandled rejection.
    outcome: {
      get() {
        outcome ??= promise.catch(() => 'rejected')
        return outcome
      },
    },
  }) as Publication
}
