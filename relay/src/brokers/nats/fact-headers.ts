import type { BrokerMessage, Headers } from '@wildcast/protocol'
import { splitBeside, withBeside } from '../../stores/beside-header.js'

// A "/" is in no header that a client can send.
const qosHeader = 'wildcast/qos'
const expiryHeader = 'wildcast/expires'
const retainHeader = 'wildcast/retain'

/** The most headers that facts take. */
export const mostFactHeaders = 4

/** Facts that only some dialects know. */
export type MessageFacts = Pick<BrokerMessage, 'beside' | 'qos' | 'expiresAt' | 'retain'>

/** Returns the headers of the facts that only some dialects know. */
export function factHeaders({ beside, qos, expiresAt, retain }: MessageFacts): Headers {
  if (!beside && !qos && expiresAt === undefined && !retain) return []
  return [
    ...(withBeside(undefined, beside) ?? []),
    ...(qos ? [[qosHeader, `${qos}`] as const] : []),
    ...(expiresAt === undefined ? [] : [[expiryHeader, `${Math.round(expiresAt)}`] as const]),
    ...(retain ? [[retainHeader, '1'] as const] : []),
  ]
}

/** Reads these headers. Returns the facts, and the other headers. */
export function factsIn(all: Headers): { readonly headers: Headers; readonly facts: MessageFacts } {
  if (!all.some(([name]) => name.startsWith('wildcast/'))) return { headers: all, facts: {} }
  const { headers, beside } = splitBeside(all)
  const found = new Map(headers)
  const [qos, expiresAt] = [Number(found.get(qosHeader)), Number(found.get(expiryHeader))]
  return {
    headers: headers.filter(([name]) => name !== qosHeader && name !== expiryHeader && name !== retainHeader),
    facts: {
      ...(beside && { beside }),
      ...((qos === 1 || qos === 2) && { qos }),
      ...(Number.isSafeInteger(expiresAt) && { expiresAt }),
      ...(found.get(retainHeader) === '1' && { retain: true as const }),
    },
  }
}
