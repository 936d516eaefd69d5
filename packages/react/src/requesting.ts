import { type Client, type Message, type RequestOptions, WildcastError } from '@wildcast/client'
import { soon } from './clock.js'

/**
 * A request and its last answer. Neither the type of the question nor that of the answer is
 * checked.
 */
export interface Requesting<Question = unknown, Answer = unknown> {
  /**
   * Asks. The newest call counts: one that is still pending is cancelled, and rejects with an
   * `AbortError`. The promise may be ignored.
   */
  readonly call: (
    ...question: undefined extends Question ? [data?: Question] : [data: Question]
  ) => Promise<Message<Answer>>
  /** The data of the last answer. */
  readonly data: Answer | undefined
  readonly pending: boolean
  /** Why the last call failed; undefined if it was cancelled. */
  readonly error: WildcastError | undefined
}

/** The calls of one component to one subject, outside of React. */
export interface Requester<Question, Answer> {
  /** A new object at each change, the same in between. */
  readonly state: () => Requesting<Question, Answer>
  /**
   * Calls back at each change. Returns the undo; when the last viewer has left, what is pending is
   * cancelled.
   */
  readonly view: (changed: () => void) => () => void
}

/** Opens a requester. It takes the options of each request from `optionsNow`. */
export function openRequester<Question, Answer>(
  client: Client,
  subject: string,
  optionsNow: () => RequestOptions<Answer>,
): Requester<Question, Answer> {
  const viewers = new Set<() => void>()
  let pending: AbortController | undefined

  const call = (data?: Question): Promise<Message<Answer>> => {
    pending?.abort()
    const mine = new AbortController()
    pending = mine
    const become = (next: Partial<Requesting<Question, Answer>>): void => {
      if (pending !== mine) return // a newer call counts
      state = { ...state, ...next }
      for (const changed of viewers) changed()
    }
    become({ pending: true, error: undefined })
    const answer = client.request<Answer>(subject, data, { ...optionsNow(), signal: mine.signal })
    // Handled here, so that a caller who looks at the hook's state alone may ignore the promise.
    answer.then(
      (message) => become({ pending: false, data: message.data }),
      (cause: unknown) =>
        become({ pending: false, error: mine.signal.aborted ? undefined : WildcastError.from(cause) }),
    )
    return answer
  }
  let state: Requesting<Question, Answer> = { call, data: undefined, pending: false, error: undefined }

  return {
    state: () => state,
    view(changed) {
      viewers.add(changed)
      return () => {
        viewers.delete(changed)
        // StrictMode unmounts and mounts again at once: then nothing is cancelled.
        soon(() => {
          if (viewers.size === 0) pending?.abort()
        })
      }
    },
  }
}
