import { type Context, context, INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api'
import type { Message } from '../messages/message.js'
import { type Carriage, contextOf } from './carriage.js'
import { handled } from './handled.js'
import { openSpan } from './open-span.js'
import { type SpanSettings, tracerOf } from './spans.js'

/** Options of `traceMessage`. */
export interface TraceMessageOptions extends SpanSettings {}

/** The parts of a message that a span is about. */
type TracedMessage = Pick<Message, 'subject' | 'pattern' | 'broker' | 'headerList' | 'retained' | 'replayed'>

/**
 * Returns the context of the sender, as the headers of a message contain it: without headers, the
 * root context.
 */
export function messageContext(message: Pick<Message, 'headerList'>, carriage: Carriage = {}): Context {
  return contextOf(message, carriage)
}

/**
 * Runs code in a span of a message, such as the body of a loop. The span has the sender's as its
 * parent; that of a value or a kept message, which may be old, has a link to it. Returns the result
 * of the code; the span ends when that settles.
 * @example
 * for await (const message of client.subscribe('room.*.msg'))
 *   await traceMessage(message, async () => console.log(message.text()))
 */
export function traceMessage<Result>(
  message: TracedMessage,
  run: (span: Span) => Result,
  options: TraceMessageOptions = {},
): Result {
  const { subject, pattern: template, broker, retained, replayed } = message
  const from = contextOf(message, options)
  const sender = trace.getSpanContext(from)
  const isKept = retained || replayed
  const open = openSpan(
    tracerOf(options.tracerProvider),
    { operation: 'process', subject, template, broker },
    sender && !isKept ? from : context.active(),
    sender && isKept ? [{ context: sender }] : [],
  )
  return open ? handled(() => run(open.span), open) : run(trace.wrapSpanContext(INVALID_SPAN_CONTEXT))
}
