import { interrupted } from '../connection/interrupted.js'
import type { ClientPart } from '../part.js'
import type { SendPublish } from '../publishing/publish.js'
import { setRunner } from '../requests/handler-runner.js'
import { portsOf } from '../scope-ports.js'
import type { VerbPorts } from '../verb-ports.js'
import { handled } from './handled.js'
import { type SpanSettings, Spans } from './spans.js'

/** Options of `tracing`. */
export interface TracingOptions extends SpanSettings {}

/**
 * Creates a part of a client that traces its messages by OpenTelemetry. `publish`, `set` and
 * `request` start a span, and send its context in headers; the handlers of `subscribe` and `serve`
 * run in a span whose parent is that of the sender. Without an SDK, nothing is started or sent.
 *
 * It must be the last of the parts: an outbox sends when the caller's span is no longer active.
 * @example const client = createClient({ url: '/ws', use: [tracing()] })
 */
export function tracing(options: TracingOptions = {}): ClientPart {
  return (parts) => {
    const { ports } = portsOf(parts.connection)
    const spans = new Spans(options, parts, () => ports.guard)
    tracePosts(ports, spans)
    traceHandlers(ports, spans)
    return tracedPublish(parts.publish, spans)
  }
}

function tracedPublish(publish: SendPublish, spans: Spans): SendPublish {
  return (content, report, sentAt) => {
    const sending = spans.send(content)
    if (!sending) return publish(content, report, sentAt)
    try {
      return publish(
        sending.content,
        (state, cause) => {
          if (state === 'confirmed') sending.done()
          else if (state !== 'sent') sending.failed(cause)
          report(state, cause)
        },
        sentAt,
      )
    } catch (cause) {
      sending.failed(cause)
      throw cause
    }
  }
}

/** Traces requests, and the writes that do not pass `publish`: those with a will or a wait. */
function tracePosts(ports: VerbPorts, spans: Spans): void {
  const { post } = ports
  const traced: VerbPorts['post'] = (content, handler) => {
    const isMessage = content.kind === 'Request' || content.kind === 'Publish'
    const sending = isMessage ? spans.send(content) : undefined
    if (!sending) return post(content, handler)
    const { headers } = sending.content
    try {
      const cancel = post(sending.content, {
        ...handler,
        answer(frame) {
          const mayFollow = handler.answer(frame)
          // A write with a will may be notified of its loss long after its `Ack`.
          if (mayFollow !== true || frame.kind === 'Ack') sending.done()
          return mayFollow
        },
        fail(error, wasSent) {
          sending.failed(error)
          handler.fail(error, wasSent)
        },
        again(waitMs) {
          const frame = handler.again?.(waitMs)
          return frame?.kind === 'Request' || frame?.kind === 'Publish' ? { ...frame, headers } : frame
        },
      })
      return (isAnswered) => {
        sending.failed(interrupted('given up by the caller'))
        cancel(isAnswered)
      }
    } catch (cause) {
      sending.failed(cause)
      throw cause
    }
  }
  Object.assign(ports, { post: traced })
}

function traceHandlers(ports: VerbPorts, spans: Spans): void {
  const { subscribe } = ports
  ports.subscribe = (spec, listener) => {
    // A loop takes its messages later.
    if (listener.waiting) return subscribe.call(ports, spec, listener)
    const { onMessage } = listener
    return subscribe.call(ports, spec, {
      ...listener,
      onMessage(message) {
        const span = spans.receive(spec, message)
        if (!span) return onMessage(message)
        const { run } = span
        const failed = (cause: unknown): void => void spans.safely(() => span.failed(cause))
        const end = (): void => spans.safely(span.end)
        // `onMessage` of a responder calls its handler later, and reports no error.
        if (spec.serve) setRunner(message, { run, failed })
        return handled(() => onMessage(message), { run, failed, end })
      },
    })
  }
}
