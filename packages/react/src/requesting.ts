import { type Client, type Message, type RequestOptions, WildcastError } from '@wildcast/client'
import { defer } from '@wildcast/client/store'

/** A request and its last answer. The types of question and answer are not checked at run time. */
export interface Requesting<Question = unknown, Answer = unknown> {
  /**
   * Sends a request, and cancels a pending call, which rejects with an `AbortError`. The promise
   * may be ignored.
   */
  readonly call: (
    ...question: undefined extends Question ? [data?: Question] : [data: Question]
  ) => Promise<Message<Answer>>
  /** The data of the last answer. */
  readonly data: Answer | undefined
  readonly pending: boolean
  /** Why the last call failed; undefined if it was cancelled. */
  readonly error: WildcastError | undefined
  /**
   * Sends the request of the option `data` again, unless it is pending. Resolves when it was
   * answered or has failed; never rejects. Without `data`, it does nothing.
   */
  readonly refetch: () => Promise<void>
}

/** The state of the calls of one component. */
export type Calling<Question, Answer> = Omit<Requesting<Question, Answer>, 'refetch'>

/** The calls of one component to one subject, outside of React. */
export interface Requester<Question, Answer> {
  /** A new object at each change, the same in between. */
  readonly state: () => Calling<Question, Answer>
  /**
   * Adds a viewer, called at each change. Returns a function that removes it; without viewers, the
   * pending call is cancelled.
   */
  readonly view: (changed: () => void) => () => void
}

/** Opens a requester. Each request gets its options from `optionsNow`. */
export function openRequester<Question, Answer>(
  client: Client,
  subject: string,
  optionsNow: () => RequestOptions<Answer>,
): Requester<Question, Answer> {
  const viewers = new Set<() => void>()
  let pending: AbortController | undefined

  const call = (data?: Question): Promise<Message<Answer>> => {
    pending?.abort()
    const controller = new AbortController()
    pending = controller
    const update = (next: Partial<Calling<Question, Answer>>): void => {
      if (pending !== controller) return // replaced by a newer call
      state = { ...state, ...next }
      for (const changed of viewers) changed()
    }
    update({ pending: true, error: undefined })
    const answer = client.request<Answer>(subject, data, { ...optionsNow(), signal: controller.signal })
    // Handled here, so that a caller who only uses the hook's state may ignore the promise.
    answer.then(
      (message) => update({ pending: false, data: message.data }),
      (cause: unknown) =>
        update({ pending: false, error: controller.signal.aborted ? undefined : WildcastError.from(cause) }),
    )
    return answer
  }
  let state: Calling<Question, Answer> = { call, data: undefined, pending: false, error: undefined }

  return {
    state: () => state,
    view(changed) {
      viewers.add(changed)
      return () => {
        viewers.delete(changed)
        // StrictMode unmounts and mounts again at once, which must not cancel the call.
        defer(() => {
          if (viewers.size === 0) pending?.abort()
        })
      }
    },
  }
}
