import { type ClientFrame, lightJsonCodec, type RelayFrame } from '@wildcast/protocol/client'
import { onAbort } from '../../app/on-abort.js'
import type { ClientClock, Undo } from '../../time/clock.js'
import { openTimer, type Timer } from '../../time/timer.js'
import { receive } from '../receive.js'
import type { OpenTransport, Transport, TransportEvents, TransportSettings } from '../transport.js'
import { closeCodeOf, describeAnswer, describeFailure } from './diagnosis.js'
import { FrameQueue } from './frame-queue.js'
import { pollFrames } from './poll-frames.js'
import { postFrames } from './post-frames.js'
import { readEvents, type ServerEvent } from './read-events.js'
import { abnormalClosure, lastFramesMs, type StreamEvent, type StreamState, stepStream } from './stream-life.js'
import { streamUrl } from './stream-url.js'

/** How long to wait for the first event before the client polls, in milliseconds. */
const bufferedMs = 4000
/** The frames of a relay that don't count. */
const uncounted: readonly string[] = ['Ping', 'Received', 'GoingAway']

/**
 * The relay's own protocol over plain HTTP, for networks that block WebSockets: one request with an
 * endless answer or, if a proxy buffers that, repeated requests; and one POST at a time for the
 * client's frames. Always in JSON, for any codec.
 */
export const stream: OpenTransport = (events, settings) => new HttpStream(events, settings)

/** Executes the effects of `stepStream`. */
class HttpStream implements Transport {
  readonly kind = 'http'
  readonly #events: TransportEvents
  readonly #url: string
  readonly #framesUrl: string
  readonly #clock: ClientClock
  readonly #timer: Timer
  readonly #abort = new AbortController()
  readonly #queue = new FrameQueue()
  #state: StreamState = { at: 'probing' }
  /** The session, if the relay keeps it after the stream. */
  #kept: string | undefined
  #endsSession = false
  #session = ''
  /** How many frames that count were received in the session. */
  #handled = 0
  #stopWaiting: Undo = () => {}

  constructor(events: TransportEvents, { url, relay, clock }: TransportSettings) {
    this.#url = streamUrl(url, relay)
    this.#framesUrl = streamUrl(url, relay, 'stream/frames')
    this.#clock = clock
    this.#timer = openTimer(clock)
    this.#events = {
      ...events,
      frame: (frame, bytes) => this.#accept(events, frame, bytes),
      fault: (error, ref) => {
        this.#handled++
        events.fault(error, ref)
      },
    }
    void this.#probe()
  }

  send(frame: ClientFrame, number?: number): void {
    if (frame.kind === 'Connect') {
      this.#handled = frame.received ?? 0
      this.#dispatch({ type: 'connect', frame: lightJsonCodec.encode(frame) as string })
    } else {
      this.#queue.push(frame, number)
      this.#dispatch({ type: 'queued' })
    }
  }

  close(code?: number): void {
    this.#endsSession = code === 1000
    this.#dispatch({ type: 'closed' })
  }

  #dispatch(event: StreamEvent): void {
    const from = this.#state
    const { to, opened, listen, post, armMs, close } = stepStream(from, event, !this.#queue.isEmpty)
    this.#state = to
    if (armMs !== undefined) this.#timer.set(armMs, () => this.#dispatch({ type: 'fired' }))
    if (to.at === 'over' && to !== from) {
      this.#timer.stop()
      this.#stopWaiting()
      this.#abort.abort()
      if (this.#endsSession && this.#kept !== undefined) this.#endSession(this.#kept)
    }
    if (opened) this.#events.open()
    if (listen !== undefined) void this.#listen(listen)
    if (post !== undefined) void this.#post(post)
    if (close) this.#events.close(close)
  }

  #fail(cause: unknown, code: number = abnormalClosure): void {
    this.#dispatch({ type: 'failed', code, reason: String(cause) })
  }

  /**
   * Sends a request. Resolves with the answer of a relay; otherwise ends the stream and resolves
   * with undefined.
   */
  async #request(init: RequestInit, signal: AbortSignal = this.#abort.signal): Promise<Response | undefined> {
    try {
      const response = await fetch(this.#url, { ...init, signal })
      if (isRelay(response)) return response
      const reason = await describeAnswer(response, this.#url)
      this.#fail(reason, closeCodeOf(response.status, reason))
    } catch (cause) {
      if (!signal.aborted) this.#fail(describeFailure(cause, this.#url))
    }
    return undefined
  }

  async #probe(): Promise<void> {
    if (await this.#request({ method: 'HEAD' })) this.#dispatch({ type: 'answered' })
  }

  /**
   * Reads an event stream. Polls instead if it delivers nothing, because a proxy buffers it.
   */
  async #listen(connect: string): Promise<void> {
    const held = new AbortController()
    const { signal } = held
    onAbort(this.#abort.signal, () => held.abort())
    this.#stopWaiting = this.#clock.after(bufferedMs, () => {
      held.abort()
      void this.#poll(connect)
    })
    const response = await this.#request({ method: 'POST', body: connect }, signal)
    if (!response?.body) return
    try {
      await readEvents(response.body, (event) => this.#receive(event))
      this.#fail('the stream ended')
    } catch (cause) {
      if (!signal.aborted) this.#fail(cause)
    }
  }

  async #poll(connect: string): Promise<void> {
    const headers = { accept: 'application/x-ndjson' }
    const response = await this.#request({ method: 'POST', body: connect, headers })
    if (!response) return
    const receiveLines = (lines: string): void => {
      for (const data of lines.split('\n')) if (data) this.#receive({ data, isClose: false })
    }
    try {
      receiveLines(await response.text())
      const { code, reason } = await pollFrames({
        url: this.#framesUrl,
        clock: this.#clock,
        signal: this.#abort.signal,
        headers: () => ({ ...ownerOf(this.#session), 'wildcast-received': String(this.#handled) }),
        receive: receiveLines,
      })
      this.#fail(reason, code)
    } catch (cause) {
      this.#fail(cause)
    }
  }

  #receive({ data, isClose }: ServerEvent): void {
    if (this.#state.at === 'over') return
    if (isClose) {
      const { code, reason } = JSON.parse(data) as { code: number; reason: string }
      this.#fail(reason, code)
    } else receive(lightJsonCodec, data, this.#events)
  }

  #accept(events: TransportEvents, frame: RelayFrame, bytes: number | undefined): void {
    if (frame.kind === 'Welcome') {
      this.#stopWaiting()
      this.#session = frame.session
      if (frame.limits.resume_bytes > 0) this.#kept = frame.session
      if (!frame.resumed) this.#handled = 0
    } else if (!uncounted.includes(frame.kind)) this.#handled++
    events.frame(frame, bytes)
    if (frame.kind === 'Welcome') this.#dispatch({ type: 'welcomed', session: frame.session })
  }

  async #post(session: string): Promise<void> {
    const { body, from } = this.#queue.take()
    const headers = { ...ownerOf(session), 'wildcast-from': String(from) }
    try {
      await postFrames(this.#framesUrl, { body, headers }, { clock: this.#clock, signal: this.#abort.signal })
      this.#dispatch({ type: 'posted' })
    } catch (cause) {
      this.#fail(cause)
    }
  }

  /**
   * Deletes the session, also while the page unloads. If that fails, the session expires.
   */
  #endSession(session: string): void {
    const abort = new AbortController()
    const stop = this.#clock.after(lastFramesMs, () => abort.abort())
    const init = { method: 'DELETE', headers: ownerOf(session), keepalive: true, signal: abort.signal }
    fetch(this.#url, init).then(stop, stop)
  }
}

function ownerOf(session: string): Record<string, string> {
  return { authorization: `Session ${session}` }
}

/** Whether a relay may have sent the answer. HTML is from another server. */
function isRelay({ ok, headers }: Response): boolean {
  return ok && !headers.get('content-type')?.startsWith('text/html')
}
