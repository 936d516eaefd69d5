import { type ErrorCode, WildcastError } from '@wildcast/protocol'
import { hex } from './failures.js'
import type { Version } from './options.js'

// A server that refuses something, by the reason codes of MQTT 5, 2.4. MQTT 3.1.1 refuses
// subscriptions without a reason, and publishes not at all.

type Refusal = readonly [code: ErrorCode, why: string]

const publishReasons: Readonly<Record<number, Refusal>> = {
  135: ['forbidden', 'the server refuses it: look at what it allows this relay to publish'],
  144: ['invalid_subject', 'the server does not take this topic; name another subject'],
  149: ['too_large', 'the server takes no message of that size; send it in parts, or a link to it'],
  151: ['rate_limited', 'the server has a quota; publish more slowly'],
}

const subscribeReasons: Readonly<Record<number, Refusal>> = {
  135: ['forbidden', 'the server refuses it: look at what it allows this relay to read'],
  143: ['invalid_subject', 'the server does not take this topic filter; name another pattern'],
  151: ['too_many_subscriptions', 'the server has a quota; use wildcards'],
  158: ['unsupported', 'the server has no shared subscriptions'],
  161: ['unsupported', 'the server has no subscription identifiers'],
  162: ['unsupported', 'the server has no wildcard subscriptions'],
}

/** Why a server did not take a publish. */
export function publishRefusal(reason: number): WildcastError {
  return refusal(publishReasons[reason], reason)
}

/** Why a server did not take a subscription. */
export function subscribeRefusal(reason: number, version: Version): WildcastError {
  // The only refusal that MQTT 3.1.1 has.
  return refusal(subscribeReasons[version === 4 ? 0x87 : reason], reason)
}

/** It waited longer for the server to take others than publishers do. */
export function lateError(): WildcastError {
  return new WildcastError('timeout', 'the server is slower than its publishers; it was not sent')
}

function refusal(known: Refusal | undefined, reason: number): WildcastError {
  const [code, why] = known ?? ['internal', `the server refused it with reason ${hex(reason)}`]
  return new WildcastError(code, why)
}
