import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { WildcastError } from '@wildcast/protocol/client'

/** The first word of a span's name: the action on a message. */
export type Operation = 'publish' | 'set' | 'delete' | 'request' | 'process' | 'serve'

const kinds: Readonly<Record<Operation, SpanKind>> = {
  publish: SpanKind.PRODUCER,
  set: SpanKind.PRODUCER,
  delete: SpanKind.PRODUCER,
  request: SpanKind.CLIENT,
  process: SpanKind.CONSUMER,
  serve: SpanKind.SERVER,
}

/** The facts of a message that its span has. */
export interface SpanFacts {
  readonly operation: Operation
  readonly subject: string
  /** The pattern of the subject, or the key of its contract: few, so that spans can be grouped. */
  readonly template: string | undefined
  readonly broker: string | undefined
  readonly group?: string | undefined
}

/** A span that can be ended once. */
export interface OpenSpan {
  readonly span: Span
  /** The context of the span. */
  readonly context: Context
  /** Runs code in the context of the span. */
  run<Result>(code: () => Result): Result
  /** Records an error. */
  failed(cause: unknown): void
  end(): void
}

/** Starts a span. Undefined if no SDK makes any. */
export function openSpan(
  tracer: Tracer,
  facts: SpanFacts,
  parent: Context,
  links: readonly Link[] = [],
): OpenSpan | undefined {
  const { operation, subject, template } = facts
  const options = { kind: kinds[operation], attributes: attributesOf(facts), links: [...links] }
  const span = tracer.startSpan(`${operation} ${template ?? subject}`, options, parent)
  if (!isSpanContextValid(span.spanContext())) return undefined
  const inner = trace.setSpan(parent, span)
  let isOver = false
  return {
    span,
    context: inner,
    run: (code) => context.with(inner, code),
    failed(cause) {
      if (!isOver) recordFailure(span, cause)
    },
    end() {
      if (!isOver) span.end()
      isOver = true
    },
  }
}

/** By the semantic conventions for messaging. No payload, header or token is among them. */
function attributesOf({ operation, subject, template, broker, group }: SpanFacts): Attributes {
  const isReceiving = operation === 'process' || operation === 'serve'
  return {
    'messaging.system': 'wildcast',
    'messaging.operation.name': operation,
    'messaging.operation.type': isReceiving ? 'process' : 'send',
    'messaging.destination.name': subject,
    ...(template !== undefined && template !== subject && { 'messaging.destination.template': template }),
    ...(broker !== undefined && { 'wildcast.broker': broker }),
    ...(group !== undefined && { 'messaging.consumer.group.name': group }),
  }
}

function recordFailure(span: Span, cause: unknown): void {
  const error = WildcastError.from(cause)
  span.recordException(cause instanceof Error ? cause : error)
  span.setAttribute('error.type', error.code)
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
}
