import {
  type AckFrame,
  type ClientFrame,
  type ErrorFrame,
  type ResponseFrame,
  type SubscribedFrame,
  WildcastError,
} from '@wildcast/protocol'
import type { Undo } from './clock.js'
import { toError } from './failure.js'

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
  /** Refused; or given up, where nobody knows what became of a question that was `sent`. */
  fail(error: WildcastError, sent: boolean): void
}

/** Questions that are not answered yet. */
export interface Exchanges {
  /** Asks now; false where there is no way. */
  ask(question: Question, asker: Asker): boolean
  /** Asks now, or when there is a way. Returns the undo, after which no answer is awaited. */
  post(question: Question, asker: Asker): Undo
  /** Asks what was kept. */
  flush(): void
  /** Hands an answer or a refusal to who awaits it. */
  hear(frame: AnswerFrame | ErrorFrame): void
  /** The connection is lost, and with it what was asked; what was kept too, where it is the `end`. */
  lost(reason: WildcastError, end: WildcastError | undefined): void
}

/** Pairs answers with questions, and keeps so many at most while there is no way. */
export function openExchanges(send: (frame: ClientFrame) => boolean, bound: number): Exchanges {
  const open = new Map<number, Asker>()
  const kept = new Map<number, ClientFrame>()
  let last = 0

  const take = (ref: number): Asker | undefined => {
    const asker = open.get(ref)
    open.delete(ref)
    return asker
  }
  /** Opens a question first, since the answer may come while it is sent. */
  const begin = (question: Question, asker: Asker): Asking => {
    open.set(++last, asker)
    return { ...question, ref: last } as Asking
  }

  return {
    ask(question, asker) {
      const sent = send(begin(question, asker))
      if (!sent) open.delete(last)
      return sent
    },
    post(question, asker) {
      const frame = begin(question, asker)
      const ref = last
      // Behind those that wait, so that nothing overtakes.
      if (kept.size > 0 || !send(frame)) {
        if (kept.size < bound) kept.set(ref, frame)
        else take(ref)?.fail(new WildcastError('rate_limited', `offline, and ${bound} messages wait`), false)
      }
      return () => {
        open.delete(ref)
        if (!kept.delete(ref)) send({ kind: 'Cancel', ref })
      }
    },
    flush() {
      for (const [ref, frame] of kept) if (send(frame)) kept.delete(ref)
    },
    hear(frame) {
      const ref = frame.ref as number
      const asker = frame.kind === 'Response' && frame.more ? open.get(ref) : take(ref)
      if (frame.kind === 'Error') asker?.fail(toError(frame), true)
      else asker?.answer(frame)
    },
    lost(reason, end) {
      for (const ref of open.keys()) {
        if (!kept.has(ref)) take(ref)?.fail(reason, true)
        else if (end) take(ref)?.fail(end, false)
      }
      if (end) kept.clear()
    },
  }
}
