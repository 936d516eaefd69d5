import type { AckFrame, ClientFrame, ResponseFrame, SubscribedFrame, WildcastError } from '@wildcast/protocol'

type Asking = Extract<ClientFrame, { readonly ref?: number | undefined }>
/** `Omit`, for each kind of a union by itself. */
type WithoutRef<Frame> = Frame extends Asking ? Omit<Frame, 'ref'> : never

/** A frame that awaits an answer. */
export type Question = WithoutRef<Asking>
/** A frame that answers another. */
export type AnswerFrame = AckFrame | ResponseFrame | SubscribedFrame

/** Who awaits an answer. */
export interface Asker {
  answer(frame: AnswerFrame): void
  /** Refused; or `interrupted`, where nobody knows. */
  fail(error: WildcastError): void
}

/** Frames that were sent and are not answered yet. */
export interface Exchanges {
  /** Sends a question. Returns its ref, or undefined where it could not be sent. */
  ask(question: Question, asker: Asker): number | undefined
  /** Hands an answer to who awaits it. */
  answer(frame: AnswerFrame): void
  /** Hands a refusal to who awaits it; false where it answers no question. */
  fail(ref: number | undefined, error: WildcastError): boolean
  /** Awaits no answer any more. */
  forget(ref: number): void
  /** The connection is lost: fails everything that is open. */
  lost(error: WildcastError): void
}

/** Pairs answers with questions. */
export function openExchanges(send: (frame: ClientFrame) => boolean): Exchanges {
  const open = new Map<number, Asker>()
  let last = 0

  const take = (ref: number | undefined, keep: boolean | undefined): Asker | undefined => {
    if (ref === undefined) return undefined
    const asker = open.get(ref)
    if (!keep) open.delete(ref)
    return asker
  }

  return {
    ask(question, asker) {
      const ref = ++last
      open.set(ref, asker) // first, since the answer may come within the call
      if (send({ ...question, ref } as ClientFrame)) return ref
      open.delete(ref)
      return undefined
    },
    answer(frame) {
      take(frame.ref, frame.kind === 'Response' && frame.more)?.answer(frame)
    },
    fail(ref, error) {
      take(ref, false)?.fail(error)
      return ref !== undefined
    },
    forget: (ref) => {
      open.delete(ref)
    },
    lost(error) {
      const askers = [...open.values()]
      open.clear()
      for (const asker of askers) asker.fail(error)
    },
  }
}
