import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api'
import { type Headers, isHeaderName, isHeaderValue } from '@wildcast/protocol/client'
import type { Message } from '../messages/message.js'

/** How the context of a trace travels in the headers of messages. */
export interface Carriage {
  /** Writes and reads the headers. @default the one that is registered at OpenTelemetry */
  readonly propagator?: TextMapPropagator | undefined
  /** Whether messages carry the baggage, which every receiver can read. @default false */
  readonly baggage?: boolean | undefined
}

const isBaggage = (name: string): boolean => name.toLowerCase() === 'baggage'

/** Returns the names of the headers that may be written. */
export function carriedNames({ propagator = propagation, baggage = false }: Carriage): readonly string[] {
  return propagator.fields().filter((name) => baggage || !isBaggage(name))
}

/** Returns the headers of a context. */
export function contextHeaders(context: Context, { propagator = propagation, baggage = false }: Carriage): Headers {
  const setter: TextMapSetter<[name: string, value: string][]> = {
    set(carrier, name, value) {
      if ((baggage || !isBaggage(name)) && isHeaderName(name) && isHeaderValue(value)) carrier.push([name, value])
    },
  }
  const headers: [name: string, value: string][] = []
  propagator.inject(context, headers, setter)
  return headers
}

/** Returns the context that the headers of a message contain. */
export function contextOf(
  { headerList }: Pick<Message, 'headerList'>,
  { propagator = propagation, baggage = false }: Carriage,
): Context {
  if (headerList.length === 0) return ROOT_CONTEXT
  const getter: TextMapGetter<Headers> = {
    keys: (carrier) => carrier.map(([name]) => name),
    get(carrier, wanted) {
      if (isBaggage(wanted) && !baggage) return undefined
      const values = carrier.flatMap(([name, value]) => (name.toLowerCase() === wanted.toLowerCase() ? [value] : []))
      return values.length > 1 ? values : values[0]
    },
  }
  return propagator.extract(ROOT_CONTEXT, headerList, getter)
}
