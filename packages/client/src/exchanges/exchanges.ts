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
/** `Omit` for each member of the union. */
type WithoutRef<Frame> = Frame extends AnswerableFrame ? Omit<Frame, 'ref'> : never

/** A frame with the number that its answer will have. */
type NumberedFrame = AnswerableFrame & { readonly ref: number }

/** A frame that awaits an answer. */
export type AwaitedFrame = WithoutRef<AnswerableFrame>
/** A frame that answers another. */
export type AnswerFrame = AckFrame | ResponseFrame | SubscribedFrame

/** A frame that awaits no answer. */
type Notice = Extract<ClientFrame, { readonly kind: 'Unsubscribe' | 'Cancel' }>

/** Handles the outcome of a frame that awaits an answer. */
export interface AnswerHandler {
  answer(frame: AnswerFrame): void
  /** The frame was refused or given up. If it was `sent`, it may have had its effect. */
  fail(error: WildcastError, sent: boolean): void
  /** The frame was sent. */
  sent?(): void
  /**
   * Returns the frame to send to the same relay if the session was lost after the first sending.
   * @default nothing is sent again
   */
  again?(): AwaitedFrame | undefined
}

/**
 * Matches answers to pending requests, and queues a limited number of frames until they can be
 * sent.
 */
export class Exchanges {
  readonly #link: Pick<RelayLink, 'status' | 'welcome' | 'away' | 'send'>
  readonly #codec: Codec
  readonly #bound: number
  readonly #open = new Map<number, AnswerHandler>()
  /** Frames that can't be sent yet, in order. A notice gets a number, too. */
  readonly #kept = new Map<number, NumberedFrame | Notice>()
  /** Frames to send again, with the reason why their session was lost. */
  readonly #lost = new Map<number, WildcastError>()
  /** Id of the last relay process: only the same one recognizes a repeated frame. */
  #relay: string | undefined
  #last = 0

  constructor(link: Pick<RelayLink, 'status' | 'welcome' | 'away' | 'send'>, codec: Codec, bound: number) {
    this.#link = link
    this.#codec = codec
    this.#bound = bound
  }

  /** Sends a frame now, or when the session resumes. Returns false if neither is possible. */
  send(content: AwaitedFrame, handler: AnswerHandler): boolean {
    const frame = this.#begin(content, handler)
    const taken = this.#sendOrKeep(frame, frame.ref)
    if (!taken) this.#open.delete(frame.ref)
    return taken
  }

  /** Sends a notice now, or when the session resumes. Returns false if neither is possible. */
  notify(notice: Notice): boolean {
    return this.#sendOrKeep(notice, ++this.#last)
  }

  /**
   * Sends a frame now, or after the relay's next `Welcome`. Returns the undo, which cancels the
   * request.
   */
  post(content: AwaitedFrame, handler: AnswerHandler): Undo {
    const frame = this.#begin(content, handler)
    const { ref } = frame
    // Queued frames keep their order, and none is sent before `Welcome`.
    const mustWait = this.#kept.size > 0 || this.#link.status.state !== 'online'
    if (mustWait || !this.#send(frame)) this.#attempt(frame, () => this.#keep(frame))
    return () => {
      this.#open.delete(ref)
      if (!this.#kept.delete(ref)) this.notify({ kind: 'Cancel', ref })
    }
  }

  /** Sends the queued frames. */
  flush(): void {
    const relay = this.#link.welcome?.relay
    // Before the queued frames, since these were sent earlier.
    for (const [ref, reason] of this.#lost) {
      const content = relay === this.#relay && this.#open.get(ref)?.again?.()
      if (!content || !this.#send({ ...content, ref })) this.#take(ref)?.fail(reason, true)
    }
    this.#lost.clear()
    this.#relay = relay
    // `#send` checks them again: this relay may have other limits than the previous one.
    for (const [number, frame] of this.#kept) if (this.#send(frame)) this.#kept.delete(number)
  }

  /** Delivers an answer or a refusal to its pending request. */
  receive(frame: AnswerFrame | ErrorFrame): void {
    const { ref = 0 } = frame // no request has the ref 0
    const more = frame.kind === 'Response' && frame.more
    const handler = more ? this.#open.get(ref) : this.#take(ref)
    if (frame.kind === 'Error') handler?.fail(toError(frame), true)
    else handler?.answer(frame)
  }

  /** The session is lost: fails the requests in flight, and with `end` the queued ones, too. */
  lost(reason: WildcastError, end: WildcastError | undefined): void {
    // Queued frames about the lost session.
    for (const [number, frame] of this.#kept) if (!isPosted(frame)) this.#kept.delete(number)
    for (const [ref, handler] of this.#open) {
      if (this.#kept.has(ref)) {
        if (end) this.#take(ref)?.fail(end, false)
      } else if (!end && handler.again?.()) this.#lost.set(ref, reason)
      else this.#take(ref)?.fail(reason, true)
    }
    if (end) this.#kept.clear()
  }

  /** Registers the handler before the frame is sent, since the answer may come during the call. */
  #begin(content: AwaitedFrame, handler: AnswerHandler): NumberedFrame {
    this.#open.set(++this.#last, handler)
    return { ...content, ref: this.#last } as NumberedFrame
  }

  #take(ref: number): AnswerHandler | undefined {
    const handler = this.#open.get(ref)
    this.#open.delete(ref)
    return handler
  }

  #send(frame: NumberedFrame | Notice): boolean {
    return this.#attempt(frame, () => {
      const isSent = this.#link.send(frame)
      if (isSent) this.#open.get(frame.ref ?? 0)?.sent?.()
      return isSent
    })
  }

  /** The queue for a suspended session has no bound, since its subscriptions have none. */
  #sendOrKeep(frame: NumberedFrame | Notice, number: number): boolean {
    const isSent = this.#send(frame)
    const isKept = !isSent && this.#link.away
    if (isKept) this.#kept.set(number, frame)
    return isSent || isKept
  }

  #keep(frame: NumberedFrame): boolean {
    if (this.#kept.size >= this.#bound && [...this.#kept.values()].filter(isPosted).length >= this.#bound)
      throw new WildcastError('rate_limited', `offline, and ${this.#bound} messages wait`)
    this.#codec.encode(frame) // throws here, not in a later `flush`
    this.#kept.set(frame.ref, frame)
    return true
  }

  /**
   * An error in one frame fails only its own request, also during an event of a socket.
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
