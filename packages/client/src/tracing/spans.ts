import { type Context, context, isSpanContextValid, type Tracer, type TracerProvider, trace } from '@opentelemetry/api'
import { type Headers, type PublishFrame, WildcastError } from '@wildcast/protocol/client'
import { isTraceHeader } from '@wildcast/protocol/trace'
import { checkPublishSize } from '../exchanges/check-size.js'
import type { Message } from '../messages/message.js'
import type { PartPorts } from '../part.js'
import type { SubscriptionSpec } from '../subscriptions/subscription-listener.js'
import type { VerbPorts } from '../verb-ports.js'
import { type Carriage, carriedNames, contextHeaders, contextOf } from './carriage.js'
import { type OpenSpan, type Operation, openSpan, type SpanFacts } from './open-span.js'

/** Settings of the spans of a client. */
export interface SpanSettings extends Carriage {
  /** @default the one that is registered at OpenTelemetry */
  readonly tracerProvider?: TracerProvider | undefined
}

/** The fields of a frame that a span is about. */
export interface SentContent extends Pick<PublishFrame, 'message' | 'headers'> {
  readonly kind: 'Publish' | 'Request'
  readonly subject: string
  readonly broker?: string | undefined
  readonly retain?: boolean | undefined
  readonly wildcard?: boolean | undefined
}

/** A message on its way, with its span. */
export interface SentSpan<Content> {
  /** The frame to send, with the context of the span in its headers. */
  readonly content: Content
  /** The message has arrived. */
  done(): void
  /** It was not sent, or may have been lost. */
  failed(cause: unknown): void
}

/** Returns the tracer of this package. */
export const tracerOf = (provider: TracerProvider | undefined): Tracer =>
  (provider ?? trace).getTracer('@wildcast/client')

/** Opens the spans of one client. OpenTelemetry's errors are reported once, and cost no message. */
export class Spans {
  readonly #settings: SpanSettings
  readonly #parts: PartPorts
  readonly #guard: () => VerbPorts['guard']
  #hasFailed = false

  constructor(settings: SpanSettings, parts: PartPorts, guard: () => VerbPorts['guard']) {
    this.#settings = settings
    this.#parts = parts
    this.#guard = guard
  }

  /** Starts the span of a message that is sent now, in the active context. */
  send<Content extends SentContent>(content: Content): SentSpan<Content> | undefined {
    return this.safely((): SentSpan<Content> | undefined => {
      const span = openSpan(tracerOf(this.#settings.tracerProvider), this.#factsOf(content), context.active())
      if (!span) return undefined
      return {
        content: this.safely(() => this.#withContext(content, span.context)) ?? content,
        done: () => this.safely(span.end),
        failed: (cause) =>
          this.safely(() => {
            span.failed(cause)
            span.end()
          }),
      }
    })
  }

  /** Starts the span of a handler. Undefined for a message without a context, or a kept one. */
  receive({ serve, subject: template, group }: SubscriptionSpec, message: Message): OpenSpan | undefined {
    // A page that loads a thousand values or kept messages would make as many spans.
    if (message.headerList.length === 0 || message.retained || message.replayed) return undefined
    return this.safely(() => {
      const parent = contextOf(message, this.#settings)
      const sender = trace.getSpanContext(parent)
      if (!sender || !isSpanContextValid(sender)) return undefined
      const { subject, broker } = message
      const facts: SpanFacts = { operation: serve ? 'serve' : 'process', subject, template, broker, group }
      return openSpan(tracerOf(this.#settings.tracerProvider), facts, parent)
    })
  }

  /** Returns undefined if OpenTelemetry has thrown. */
  safely<Result>(run: () => Result): Result | undefined {
    try {
      return run()
    } catch (cause) {
      if (!this.#hasFailed) this.#parts.fault(WildcastError.from(cause), 'tracing')
      this.#hasFailed = true
      return undefined
    }
  }

  #factsOf(content: SentContent): SpanFacts {
    const { kind, subject, broker, retain, wildcard, message } = content
    const contract = wildcard ? undefined : this.#guard()?.contract
    const kinds = kind === 'Request' ? (['request'] as const) : (['message', 'value'] as const)
    const template = kinds.map((kind) => contract?.find(kind, subject)?.key).find((key) => key !== undefined)
    const written: Operation = message.length === 0 ? 'delete' : 'set'
    const operation: Operation = kind === 'Request' ? 'request' : retain ? written : 'publish'
    return { operation, subject, template, broker }
  }

  /** Returns the content unchanged if headers could cost the message: tracing must not. */
  #withContext<Content extends SentContent>(content: Content, of: Context): Content {
    if (!this.#carries(content)) return content
    const added = contextHeaders(of, this.#settings)
    if (added.length === 0) return content
    const given: Headers = content.headers ?? []
    const names = new Set(given.map(([name]) => name.toLowerCase()))
    if (added.some(([name]) => names.has(name.toLowerCase()))) return content // the caller's own
    const traced = { ...content, headers: [...given, ...added] }
    try {
      checkPublishSize(traced, this.#parts.connection.welcome?.limits.payload)
      return traced
    } catch {
      return content
    }
  }

  /** Whether the broker has headers, or those are harmless that it has not. */
  #carries({ broker, retain }: SentContent): boolean {
    const { welcome } = this.#parts.connection
    // A relay leaves these out at a broker without headers; it refuses others.
    if (!welcome) return carriedNames(this.#settings).every(isTraceHeader)
    const features = welcome.brokers.find(({ name, default: isDefault }) =>
      broker === undefined ? isDefault : name === broker,
    )?.features
    return !!features?.some((feature) => feature === 'headers' || (retain && feature === 'retained'))
  }
}
