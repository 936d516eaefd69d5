import {
  type AckFrame,
  type ClientFrame,
  type Codec,
  type ErrorFrame,
  type LostFrame,
  type MessageFrame,
  type ResponseFrame,
  type SubscribedFrame,
  type SyncedFrame,
  WildcastError,
} from '@wildcast/protocol/client'
import { toError } from '../app/to-error.js'
import type { RelayLink } from '../connection/relay-link.js'
import type { ClientClock } from '../time/clock.js'
import { checkPublishSize } from './check-size.js'
import { PublishPace } from './publish-pace.js'

type AnswerableFrame = Extract<ClientFrame, { readonly ref?: number | undefined }>
/** `Omit` for each member of the union. */
type WithoutRef<Frame> = Frame extends AnswerableFrame ? Omit<Frame, 'ref'> : never

/** A frame with the number that its answer will have. */
type NumberedFrame = AnswerableFrame & { readonly ref: number }

/** A frame that awaits an answer. */
export type AwaitedFrame = WithoutRef<AnswerableFrame>
/** A frame that answers another. */
export type AnswerFrame = AckFrame | ResponseFrame | SubscribedFrame | MessageFrame | SyncedFrame | LostFrame

/** A frame that awaits no answer. */
type Notice = Extract<ClientFrame, { readonly kind: 'Unsubscribe' | 'Cancel' }>

/** Handles the outcome of a frame that awaits an answer. */
export interface AnswerHandler {
  /** Returns true if another answer to the same frame may follow. */
  answer(frame: AnswerFrame): unknown
  /** The frame was refused or given up. If it was `sent`, it may have had its effect. */
  fail(error: WildcastError, sent: boolean): void
  /** The frame was sent. */
  sent?(): void
  /**
   * Returns the frame to send again: to the same relay if the session was lost after the first
   * sending; or after `waitMs` milliseconds if the relay has refused it because of its rate.
   * @default nothing is sent again
   */
  again?(waitMs?: number): AwaitedFrame | undefined
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
  #kept = new Map<number, NumberedFrame | Notice>()
  #isSorted = true
  readonly #pace: PublishPace
  /** Frames to send again, with the reason why their session was lost. */
  readonly #lost = new Map<number, WildcastError>()
  /** Id of the last relay process: only the same one recognizes a repeated frame. */
  #relay: string | undefined
  #last = 0

  constructor(
    link: Pick<RelayLink, 'status' | 'welcome' | 'away' | 'send'>,
    codec: Codec,
    bound: number,
    clock: ClientClock,
  ) {
    this.#link = link
    this.#codec = codec
    this.#bound = bound
    this.#pace = new PublishPace(clock, () => this.#sendKept())
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
   * request unless it `isAnswered`.
   */
  post(content: AwaitedFrame, handler: AnswerHandler): (isAnswered?: boolean) => void {
    const frame = this.#begin(content, handler)
    const { ref } = frame
    // Queued frames keep their order, and none is sent before `Welcome`.
    const mustWait = this.#kept.size > 0 || this.#link.status.state !== 'online'
    if (mustWait || !this.#send(frame)) this.#attempt(frame, () => this.#keep(frame))
    return (isAnswered) => {
      this.#open.delete(ref)
      if (!this.#kept.delete(ref) && !isAnswered) this.notify({ kind: 'Cancel', ref })
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
    this.#sendKept()
  }

  /** Delivers an answer or a refusal to its pending request. */
  receive(frame: AnswerFrame | ErrorFrame): void {
    const { ref = 0 } = frame // no request has the ref 0
    if (frame.kind === 'Error' && this.#postpone(frame)) return
    this.#pace.answered(ref)
    if (frame.kind === 'Error') this.#take(ref)?.fail(toError(frame), true)
    else if (this.#open.get(ref)?.answer(frame) !== true) this.#open.delete(ref)
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
    this.#pace.lose(end !== undefined)
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

  /** `#send` checks the frames again: this relay may have other limits than the previous one. */
  #sendKept(): void {
    if (!this.#isSorted) this.#kept = new Map([...this.#kept].sort(([one], [other]) => one - other))
    this.#isSorted = true
    for (const [number, frame] of this.#kept) {
      if ((isPosted(frame) && !this.#pace.isOpen) || !this.#send(frame)) continue
      this.#kept.delete(number)
      if (frame.kind === 'Publish' && this.#open.has(number)) this.#pace.sent(number)
    }
    if (this.#kept.size === 0) this.#pace.end()
  }

  /**
   * Queues a publish again that the relay has refused because of its rate, before the later ones.
   * Returns false if its refusal is final.
   */
  #postpone({ ref = 0, code, retry_in }: ErrorFrame): boolean {
    if (code !== 'rate_limited' || retry_in === undefined) return false
    const waitMs = Math.max(retry_in, 1)
    const content = this.#open.get(ref)?.again?.(waitMs)
    if (!content) return false
    this.#kept.set(ref, { ...content, ref } as NumberedFrame)
    this.#isSorted = false
    this.#pace.wait(ref, waitMs)
    return true
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
      throw new WildcastError('rate_limited', `the queue of ${this.#bound} messages is full`)
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
  return kind === 'Publish' || kind === 'Request' || kind === 'CanI'
}

function toRefusal(cause: unknown): WildcastError {
  if (cause instanceof WildcastError) return cause
  return new WildcastError('invalid_frame', `${cause}: give options as strings`, { cause })
}
