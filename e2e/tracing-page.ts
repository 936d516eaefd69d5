import { context, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web'
import { createClient } from '@wildcast/client'
import { tracing } from '@wildcast/client/tracing'

// The page of tracing.spec.ts: it publishes at a click, and shows what it receives.

const query = new URLSearchParams(location.search)
const exporter = new OTLPTraceExporter({ url: query.get('collector') ?? '' })
const provider = new WebTracerProvider({
  spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 50 })],
})
provider.register()

const tracer = trace.getTracer('page')
const client = createClient({ url: '/wildcast/ws', use: [tracing()] })

for (const broker of query.getAll('broker')) {
  const shown = document.body.appendChild(document.createElement('p'))
  shown.role = 'status'
  shown.ariaLabel = broker
  client.broker(broker).subscribe(
    'good.*',
    (message) => {
      tracer.startSpan(`show ${broker}`).end()
      shown.textContent = `${message.text()} ${[...message.headers.keys()].join(' ')}`.trim()
    },
    {
      onStatus(status) {
        if (status === 'ready') shown.textContent = status
      },
    },
  )
  const button = document.body.appendChild(document.createElement('button'))
  button.textContent = `Publish over ${broker}`
  button.onclick = () => {
    const span = tracer.startSpan(`click ${broker}`)
    const published = context.with(trace.setSpan(context.active(), span), () =>
      client.broker(broker).publish('good.apple', 'fresh'),
    )
    void published.finally(() => span.end())
  }
}
