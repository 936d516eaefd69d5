import { type BrokerMessage, limits, type RelayFrame, type WelcomeFrame, type WildcastError } from '@wildcast/protocol'
import type { Identity } from '../../../core/access/identity.js'
import { ConditionFailed } from '../../../core/condition-failed.js'
import { namedLimits } from '../../../core/limit-table.js'
import type { RelayView } from '../../../core/relay.js'
import { pingMs } from '../../connections/heartbeat.js'

// Translates the answers of a session to frames.

/** The facts of a session in `Welcome`. */
export interface WelcomeFacts extends Pick<WelcomeFrame, 'session' | 'name' | 'resumed' | 'received' | 'brokers'> {
  /** Bytes of a batch, if both sides have agreed on batches. */
  readonly batch: number | undefined
  readonly identity: Identity
}

/** The answer to `Connect`. */
export function welcome(relay: RelayView, { batch, identity, brokers, ...session }: WelcomeFacts): WelcomeFrame {
  const { payload, subscriptions, resume } = relay.limits
  return {
    kind: 'Welcome',
    ...session,
    user: identity.user,
    expires_in: expiresIn(identity, relay),
    relay: relay.id,
    brokers,
    limits: {
      ...namedLimits(relay.limits),
      payload,
      subscriptions,
      resume_bytes: resume,
      headers: limits.headers,
      header_bytes: limits.headerBytes,
      batch,
    },
    ping: pingMs(relay.limits),
    time: relay.clock.wall(),
  }
}

/** Milliseconds until the session of a client ends. Undefined if its token does not expire. */
export function expiresIn({ expiresAt }: Identity, { clock }: Pick<RelayView, 'clock'>): number | undefined {
  return expiresAt === undefined ? undefined : Math.max(0, Math.floor(expiresAt - clock.wall()))
}

/** A refusal by the responder is an `Error` with the responder's own code. */
export function responseOf(ref: number, answer: BrokerMessage): RelayFrame {
  if (answer.error) return { kind: 'Error', ref, ...answer.error, retry: false }
  return { kind: 'Response', ref, message: answer.payload, ...(answer.more ? { more: true } : {}) }
}

export function errorOf(error: WildcastError, ref: number | undefined): RelayFrame {
  const { code, message, retry, retryInMs } = error
  const revision = error instanceof ConditionFailed ? error.revision : undefined
  return { kind: 'Error', ref, code, message, retry, retry_in: retryInMs, revision }
}
