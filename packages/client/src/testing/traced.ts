import { context, propagation, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  WebTracerProvider,
} from '@opentelemetry/sdk-trace-web'
import { onTestFinished } from 'vitest'
import { type TracingOptions, tracing } from '../tracing/tracing.js'
import { type Tested, type TestedOptions, tested } from './tested.js'

/** Options of `registerSdk`. */
export interface SdkOptions {
  readonly sampler?: Sampler
  readonly processors?: readonly SpanProcessor[]
}

/** Registers an SDK until the test ends. Returns a function for the spans that have ended. */
export function registerSdk({ sampler, processors = [] }: SdkOptions = {}): () => readonly ReadableSpan[] {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [new SimpleSpanProcessor(exporter), ...processors]
  new WebTracerProvider({ spanProcessors, ...(sampler && { sampler }) }).register()
  onTestFinished(() => {
    trace.disable()
    propagation.disable()
    context.disable()
  })
  return () => exporter.getFinishedSpans()
}

/** Creates a client with `tracing` that is online. */
export const traced = (options?: TracingOptions, { client, ...rest }: TestedOptions = {}): Promise<Tested> =>
  tested({ ...rest, client: { ...client, use: [tracing(options)] } })

/** The headers of the messages of all subjects, as another client receives them. */
export async function headersAt({ relay }: Tested): Promise<(readonly [string, string])[][]> {
  const got: (readonly [string, string])[][] = []
  relay.createClient().subscribe('**', ({ headerList }) => got.push([...headerList]))
  await relay.settled()
  return got
}
