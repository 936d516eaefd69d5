import {
  type AckFrame,
  type ClientFrame,
  type Codec,
  type ErrorFrame,
  type ResponseFrame,
  type SubscribedFrame,
  WildcastError,
} from '@wildcast/protocol/client'
import type { RelayLink } from '../connection/relay-link.js'
import type { Undo } from '../time/clock.js'
import { checkPublishSize } from './check-size.js'
import { toError } from './to-error.js'

type AnswerableFrame = Extract<ClientFrame, { readonly ref?: number | undefined }>
/** `Omit`, for each kind of a union by itself. */
type WithoutRef<Frame> = Frame extends AnswerableFrame ? Omit<Frame, 'ref'> : never

/** A question with the number that its answer will have. */
type NumberedFrame = AnswerableFrame & { readonly ref: number }

/** A frame that awaits an answer. */
export type AwaitedFrame = WithoutRef<AnswerableFrame>
/** A frame that answers another. */
export type AnswerFrame = AckFrame | ResponseFrame | SubscribedFrame

/** A frame that awaits no answer. */
type Notice = Extract<ClientFrame, { readonly kind: 'Unsubscribe' | 'Cancel' }>

/** Who awaits an answer. */
export interface AnswerHandler {
  answer(frame: AnswerFrame): void
  /** Refused; or given up, where nobody knows what became of a question that was `sent`. */
  fail(error: WildcastError, sent: boolean): void
  /** The question is on its way. */
  sent?(): void
  /**
   * What to ask the same relay again if the session was lost after it was sent. @default nothing
   */
  again?(): AwaitedFrame | undefined
}

/**
 * Pairs answers with questions, and keeps a limited number of questions until they can be asked.
 */
export class Exchanges {
  readonly #link: Pick<RelayLink, 'status' | 'welcome' | 'away' | 'send'>
  readonly #codec: Codec
  readonly #bound: number
  readonly #open = new Map<number, AnswerHandler>()
  /** In order. A notice has a number of its own. */
  readonly #kept = new Map<number, NumberedFrame | Notice>()
  /** Sent in a session that is lost, for this reason, and to be asked again. */
  readonly #lost = new Map<number, WildcastError>()
  /** The relay that was last asked: a process, which knows what it was asked. */
  #relay: string | undefined
  #last = 0

  constructor(link: Pick<RelayLink, 'status' | 'welcome' | 'away' | 'send'>, codec: Codec, bound: number) {
    this.#link = link
    this.#codec = codec
    this.#bound = bound
  }

  /** Asks as soon as a transport is open, or the session is back; false if there is neither. */
  send(question: AwaitedFrame, asker: AnswerHandler): boolean {
    const frame = this.#begin(question, asker)
    const taken = this.#sendOrKeep(frame, frame.ref)
    if (!taken) this.#open.delete(frame.ref)
    return taken
  }

  /** Sends a notice, now or when the session is back; false if there is neither. */
  notify(notice: Notice): boolean {
    return this.#sendOrKeep(notice, ++this.#last)
  }

  /**
   * Asks now, or once the relay has welcomed the client. Returns the undo, after which no answer is
   * awaited.
   */
  post(question: AwaitedFrame, asker: AnswerHandler): Undo {
    const frame = this.#begin(question, asker)
    const { ref } = frame
    // Behind those that wait, so that nothing overtakes; and none before the relay has welcomed the
    // client.
    const mustWait = this.#kept.size > 0 || this.#link.status.state !== 'online'
    if (mustWait || !this.#send(frame)) this.#attempt(frame, () => this.#keep(frame))
    return () => {
      this.#open.delete(ref)
      if (!this.#kept.delete(ref)) this.notify({ kind: 'Cancel', ref })
    }
  }

  /** Asks what was kept. */
  flush(): void {
    const relay = this.#link.welcome?.relay
    // Before what waits, since they were asked before.
    for (const [ref, reason] of this.#lost) {
      const question = relay === this.#relay && this.#open.get(ref)?.again?.()
      if (!question || !this.#send({ ...question, ref })) this.#take(ref)?.fail(reason, true)
    }
    this.#lost.clear()
    this.#relay = relay
    // The limits are those of the relay that welcomes now, not of the one before.
    for (const [number, frame] of this.#kept) if (this.#send(frame)) this.#kept.delete(number)
  }

  /** Hands an answer or a refusal to the asker that awaits it. */
  receive(frame: AnswerFrame | ErrorFrame): void {
    const { ref = 0 } = frame // 0 is nobody's
    const more = frame.kind === 'Response' && frame.more
    const asker = more ? this.#open.get(ref) : this.#take(ref)
    if (frame.kind === 'Error') asker?.fail(toError(frame), true)
    else asker?.answer(frame)
  }

  /** The connection is lost, and with it what was asked; what was kept too, if it is the `end`. */
  lost(reason: WildcastError, end: WildcastError | undefined): void {
    // What was to be said of the session that is lost.
    for (const [number, frame] of this.#kept) if (!isPosted(frame)) this.#kept.delete(number)
    for (const [ref, asker] of this.#open) {
      if (this.#kept.has(ref)) {
        if (end) this.#take(ref)?.fail(end, false)
      } else if (!end && asker.again?.()) this.#lost.set(ref, reason)
      else this.#take(ref)?.fail(reason, true)
    }
    if (end) this.#kept.clear()
  }

  /** Opens a question first, since the answer may come while it is sent. */
  #begin(question: AwaitedFrame, asker: AnswerHandler): NumberedFrame {
    this.#open.set(++this.#last, asker)
    return { ...question, ref: this.#last } as NumberedFrame
  }

  #take(ref: number): AnswerHandler | undefined {
    const asker = this.#open.get(ref)
    this.#open.delete(ref)
    return asker
  }

  #send(frame: NumberedFrame | Notice): boolean {
    return this.#attempt(frame, () => {
      const isSent = this.#link.send(frame)
      if (isSent) this.#open.get(frame.ref ?? 0)?.sent?.()
      return isSent
    })
  }

  /** What concerns a session that is away waits without a bound: its subscriptions have none. */
  #sendOrKeep(frame: NumberedFrame | Notice, number: number): boolean {
    const isSent = this.#send(frame)
    const isKept = !isSent && this.#link.away
    if (isKept) this.#kept.set(number, frame)
    return isSent || isKept
  }

  #keep(frame: NumberedFrame): boolean {
    if (this.#kept.size >= this.#bound && [...this.#kept.values()].filter(isPosted).length >= this.#bound)
      throw new WildcastError('rate_limited', `offline, and ${this.#bound} messages wait`)
    this.#codec.encode(frame) // throws now if it can't be sent later
    this.#kept.set(frame.ref, frame)
    return true
  }

  /**
   * What goes wrong with a frame fails its own asker and nobody else, also inside an event of a
   * socket.
   */
  #attempt(frame: NumberedFrame | Notice, run: () => boolean): boolean {
    try {
      checkPublishSize(frame, this.#link.welcome?.limits.payload)
      return run()
    } catch (cause) {
      if (frame.ref !== undefined) this.#take(frame.ref)?.fail(toRefusal(cause), false)
      return true
    }
  }
}

function isPosted({ kind }: ClientFrame): boolean {
  return kind === 'Publish' || kind === 'Request'
}

function toRefusal(cause: unknown): WildcastError {
  if (cause instanceof WildcastError) return cause
  return new WildcastError('invalid_frame', `${cause}: give options as strings`, { cause })
}
