import { type BrokerMessage, type Headers, headersFit, isTraceHeader, withoutTrace } from '@wildcast/protocol'
import { pathHeader } from './broker.js'
import type { Hub } from './hub.js'

/** Returns a header's values, in order. */
export function valuesOf(headers: Headers | undefined, wanted: string): readonly string[] {
  return headers?.flatMap(([name, value]) => (name === wanted ? [value] : [])) ?? []
}

/** Returns the headers with one value of that name, in last place. */
export function withHeader(headers: Headers | undefined, name: string, value: string): Headers {
  return [...(headers ?? []).filter(([other]) => other !== name), [name, value]]
}

/**
 * Returns the headers of a client without a bridge's path: with a forged one, bridges would drop
 * the message.
 */
export function withoutPath(headers: Headers | undefined): Headers | undefined {
  return headers?.some(([name]) => name === pathHeader) ? headers.filter(([name]) => name !== pathHeader) : headers
}

/**
 * Returns the headers that a broker carries. If it carries none, those of a trace are left out:
 * tracing must not cost a message.
 * @throws {WildcastError} `unsupported` if there are others
 */
export function carriedHeaders(
  hub: Pick<Hub, 'can' | 'demand'>,
  broker: string,
  headers: Headers | undefined,
): Headers | undefined {
  if (!headers || hub.can(broker, 'headers')) return headers
  if (headers.length === 0 || withoutTrace(headers)) hub.demand(broker, 'headers')
  return undefined
}

/** Returns a message with the trace of its trigger, unless it has one of its own, or no room. */
export function withTraceOf(message: BrokerMessage, trigger: BrokerMessage): BrokerMessage {
  const trace = trigger.headers?.filter(([name]) => isTraceHeader(name)) ?? []
  const own = message.headers ?? []
  if (trace.length === 0 || own.some(([name]) => isTraceHeader(name))) return message
  const headers = [...own, ...trace]
  return headersFit({ ...message, headers }) ? { ...message, headers } : message
}

/** Returns the field of a log line with the id of a message's trace, if it has one. */
export function traceField({ headers }: Pick<BrokerMessage, 'headers'>): { readonly trace?: string } {
  const parent = headers?.find(([name]) => name.toLowerCase() === 'traceparent')?.[1] ?? ''
  const trace = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(parent)?.[1]
  return trace === undefined ? {} : { trace }
}
