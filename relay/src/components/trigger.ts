import {
  type BrokerMessage,
  capture,
  type Headers,
  type Pattern,
  payloadBytes,
  type Subject,
  strictUtf8,
} from '@wildcast/protocol'
import type { Trigger } from './component.js'

const noHeaders: Headers = []

/** The origin of a message. */
export interface Origin {
  readonly broker: string
  /** The component's subscription. */
  readonly pattern: Pattern
}

/** Returns a message as a component sees it. */
export function triggerOf(
  { subject, payload, headers: headerList = noHeaders, responseSubject }: BrokerMessage,
  from: Origin,
): Trigger {
  const text = (): string => (typeof payload === 'string' ? payload : strictUtf8.decode(payload))
  return {
    subject,
    broker: from.broker,
    headers: new Map(headerList),
    headerList,
    responseSubject,
    get params() {
      return capture(from.pattern, subject as Subject) ?? []
    },
    get bytes() {
      return payloadBytes(payload)
    },
    text,
    json: () => JSON.parse(text()) as unknown,
    get data() {
      let data: unknown = payload
      try {
        data = text()
        return JSON.parse(data as string) as unknown
      } catch {
        return data // the text, or the bytes if it is not UTF-8
      }
    },
  }
}
