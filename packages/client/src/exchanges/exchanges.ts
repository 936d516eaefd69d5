import {
  type AckFrame,
  type ClientFrame,
  type Codec,
  type ErrorFrame,
  type PublishFrame,
  type ResponseFrame,
  type SubscribedFrame,
  WildcastError,
} from '@wildcast/protocol'
import type { Link } from '../connection/link.js'
import type { Undo } from '../time/clock.js'
import { checkSize } from './check-size.js'
import { toError } from './failure.js'

type Asking = Extract<ClientFrame, { readonly ref?: number | undefined }>
/** `Omit`, for each kind of a union by itself. */
type WithoutRef<Frame> = Frame extends Asking ? Omit<Frame, 'ref'> : never

/** A question with the number that its answer will have. */
type Asked = Asking & { readonly ref: number }

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
  /** Asks as soon as a transport is open; false if none is. */
  ask(question: Question, asker: Asker): boolean
  /** Asks now, or once the relay has welcomed the client. Returns the undo, after which no answer is awaited. */
  post(question: Question, asker: Asker): Undo
  /** Asks what was kept. */
  flush(): void
  /** Hands an answer or a refusal to who awaits it. */
  hear(frame: AnswerFrame | ErrorFrame): void
  /** The connection is lost, and with it what was asked; what was kept too, where it is the `end`. */
  lost(reason: WildcastError, end: WildcastError | undefined): void
}

/** Pairs answers with questions, and keeps a limited number until they can be asked. */
export function openExchanges(link: Pick<Link, 'status' | 'welcome' | 'send'>, codec: Codec, bound: number): Exchanges {
  const open = new Map<number, Asker>()
  const kept = new Map<number, Asked>()
  let last = 0

  const take = (ref: number): Asker | undefined => {
    const asker = open.get(ref)
    open.delete(ref)
    return asker
  }
  /** Opens a question first, since the answer may come while it is sent. */
  const begin = (question: Question, asker: Asker): Asked => {
    open.set(++last, asker)
    return { ...question, ref: last } as Asked
  }
  /** What goes wrong with a frame fails its own asker and nobody else, also inside an event of a socket. */
  const attempt = ({ ref }: Asked, run: () => boolean): boolean => {
    try {
      return run()
    } catch (cause) {
      const known = cause instanceof WildcastError
      const refusal = known ? cause : new WildcastError('invalid_frame', `${cause}: give options as strings`, { cause })
      take(ref)?.fail(refusal, false)
      return true
    }
  }
  const check = (frame: Asking): void => checkSize(frame as Partial<PublishFrame>, link.welcome?.limits.payload)
  const send = (frame: Asked): boolean =>
    attempt(frame, () => {
      check(frame)
      return link.send(frame)
    })
  const keep = (frame: Asked): boolean =>
    attempt(frame, () => {
      if (kept.size >= bound) throw new WildcastError('rate_limited', `offline, and ${bound} messages wait`)
      check(frame)
      codec.encode(frame) // throws now if it can't be sent later
      kept.set(frame.ref, frame)
      return true
    })

  return {
    ask(question, asker) {
      const frame = begin(question, asker)
      const sent = attempt(frame, () => link.send(frame))
      if (!sent) open.delete(frame.ref)
      return sent
    },
    post(question, asker) {
      const frame = begin(question, asker)
      const { ref } = frame
      // Behind those that wait, so that nothing overtakes; and none before the relay has welcomed the client.
      if (kept.size > 0 || link.status.state !== 'online' || !send(frame)) keep(frame)
      return () => {
        open.delete(ref)
        if (!kept.delete(ref)) link.send({ kind: 'Cancel', ref })
      }
    },
    flush() {
      // The limits are those of the relay that welcomes now, not of the one before.
      for (const frame of kept.values()) if (send(frame)) kept.delete(frame.ref)
    },
    hear(frame) {
      const asker = frame.kind === 'Response' && frame.more ? open.get(frame.ref) : take(frame.ref as number)
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
