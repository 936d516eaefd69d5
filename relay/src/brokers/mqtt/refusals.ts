import { type ErrorCode, WildcastError } from '@wildcast/protocol'
import { hex } from './failures.js'
import type { Version } from './options.js'

// Refusals of a server, by the reason codes of MQTT 5, 2.4. MQTT 3.1.1 refuses subscriptions
// without a reason, and never refuses publishes.

type Refusal = readonly [code: ErrorCode, why: string]

const publishReasons: Readonly<Record<number, Refusal>> = {
  135: ['forbidden', 'the server forbids it: look at what it allows this relay to publish'],
  144: ['invalid_subject', 'the server does not accept this topic; name another subject'],
  149: ['too_large', 'the server accepts no message of this size; send it in parts, or a link to it'],
  151: ['rate_limited', 'a quota of the server is exceeded; publish more slowly'],
}

const subscribeReasons: Readonly<Record<number, Refusal>> = {
  135: ['forbidden', 'the server forbids it: look at what it allows this relay to read'],
  143: ['invalid_subject', 'the server does not accept this topic filter; name another pattern'],
  151: ['too_many_subscriptions', 'a quota of the server is exceeded; use wildcards'],
  158: ['unsupported', 'the server has no shared subscriptions'],
  161: ['unsupported', 'the server has no subscription identifiers'],
  162: ['unsupported', 'the server has no wildcard subscriptions'],
}

/** The error of a publish that the server refused. */
export function publishRefusal(reason: number): WildcastError {
  return refusal(publishReasons[reason], reason)
}

/** The error of a subscription that the server refused. */
export function subscribeRefusal(reason: number, version: Version): WildcastError {
  // MQTT 3.1.1 has one reason only.
  return refusal(subscribeReasons[version === 4 ? 0x87 : reason], reason)
}

/** The error of a publish that waited too long for the confirmation of others. */
export function lateError(): WildcastError {
  return new WildcastError('timeout', 'the server is slower than its publishers; the message was not sent')
}

function refusal(known: Refusal | undefined, reason: number): WildcastError {
  const [code, why] = known ?? ['internal', `the server refused it with reason ${hex(reason)}`]
  return new WildcastError(code, why)
}
