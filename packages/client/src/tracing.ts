/** Traces of messages from their publisher to their handler, by OpenTelemetry. @module */
export type { Carriage } from './tracing/carriage.js'
export { messageContext, type TraceMessageOptions, traceMessage } from './tracing/trace-message.js'
export { type TracingOptions, tracing } from './tracing/tracing.js'
