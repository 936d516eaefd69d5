import { refusal, WildcastError } from '@wildcast/protocol'
import { Cancel } from '../../../core/cancel.js'
import type { TimeSlice } from '../../../core/time-slice.js'

/** The pending requests of a client, by their refs. */
export class PendingRequests {
  #pending: Map<number, Cancel> | undefined

  /** @throws {WildcastError} `invalid_frame` if the ref is in flight */
  begin(ref: number): Cancel {
    this.#pending ??= new Map()
    if (this.#pending.has(ref))
      throw new WildcastError('invalid_frame', `a request with ref ${ref} is in flight; use another ref`)
    const cancel = new Cancel()
    this.#pending.set(ref, cancel)
    return cancel
  }

  end(ref: number): void {
    this.#pending?.delete(ref)
  }

  cancel(ref: number): void {
    this.#pending?.get(ref)?.abort(new WildcastError('interrupted', 'the request was cancelled'))
  }

  /** Cancels all: their client has left. There may be thousands if several leave at once. */
  abandon(slice: TimeSlice): void {
    abortAll([...(this.#pending?.values() ?? [])], slice)
  }
}

function abortAll(requests: readonly Cancel[], slice: TimeSlice): void {
  const left = refusal('interrupted', 'the client left')
  let next = 0
  while (next < requests.length && slice.admits(0)) requests[next++]?.abort(left)
  if (next < requests.length) slice.later(() => abortAll(requests.slice(next), slice))
}
