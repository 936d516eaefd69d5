import { WildcastError } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import type { Clock } from '../../../core/clock.js'
import { within } from '../../../core/within.js'
import { noHeaders } from '../message-form.js'
import { isRefusedWith, JetStreamError, jetStreamCodes, jetStreamFailure } from './jet-stream-error.js'
import { changePrefix } from './places.js'
import type { ValuesStream } from './values-stream.js'

/** The first version that lists the subjects of a stream and publishes its messages again. */
const oldest = [2, 9] as const

const offReason = 'JetStream is off at this NATS server; switch it on there'

const accountReason = 'JetStream is off for the account of the relay at NATS; switch it on there'
const silentReason = 'JetStream at this NATS server does not answer; look at its log'
const forbiddenReason = "the relay's user at NATS needs the subjects of values and JetStream; see docs/state.md"

/** How long JetStream may take: without values the connection is of use as well. */
const answerMs = 3000

/** Whether relays can keep values at a server. */
export interface JetStreamSupport {
  /** True, or the reason why not. */
  readonly can: true | string
  /** Whether it may become true without a new connection, since JetStream did not work. */
  readonly isTemporary?: boolean
}

/** Finds out whether relays can keep values at a server. */
export async function jetStreamSupportOf(
  nats: NatsConnection,
  stream: Pick<ValuesStream, 'find'>,
  clock: Pick<Clock, 'after'>,
): Promise<JetStreamSupport> {
  const { headers, jetstream, version = '' } = nats.info ?? {}
  if (!jetstream) return { can: offReason }
  if (!headers) return { can: noHeaders }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1]))
    return { can: `values need nats-server ${oldest.join('.')} or later; this is ${version}` }
  const support = found(nats, stream)
  const silent = new Promise<JetStreamSupport>((resolve) => {
    void within(answerMs, support, clock).then(() => resolve({ can: silentReason, isTemporary: true }))
  })
  return Promise.race([support, silent])
}

async function found(nats: NatsConnection, stream: Pick<ValuesStream, 'find'>): Promise<JetStreamSupport> {
  try {
    await stream.find()
    return { can: (await canSubscribe(nats)) || forbiddenReason }
  } catch (cause) {
    // Another error is the end of the connection.
    if (cause instanceof JetStreamError || (cause instanceof WildcastError && cause.code !== 'broker_down'))
      return refused(cause)
    throw cause
  }
}

function refused(cause: unknown): JetStreamSupport {
  if (isRefusedWith(cause, jetStreamCodes.notEnabled, jetStreamCodes.noAccount, jetStreamCodes.noResponders))
    return { can: accountReason, isTemporary: true }
  const { code, message } = WildcastError.from(jetStreamFailure(cause))
  if (code === 'forbidden') return { can: forbiddenReason }
  return { can: message, isTemporary: code !== 'unsupported' }
}

async function canSubscribe(nats: NatsConnection): Promise<boolean> {
  let isRefused = false
  const callback = (refusal: unknown): void => {
    if (refusal) isRefused = true
  }
  const subscription = nats.subscribe(`${changePrefix}>`, { callback })
  await nats.flush()
  subscription.unsubscribe()
  await nats.flush() // the library reports a refusal later than the first PONG
  return !isRefused
}
