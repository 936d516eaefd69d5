import { WildcastError } from '@wildcast/protocol'
import type { NatsConnection } from 'nats'
import type { Clock } from '../../../core/clock.js'
import { within } from '../../../core/within.js'
import { noHeaders } from '../message-form.js'
import { isRefusedWith, JetStreamError, jetStreamCodes, jetStreamFailure } from './jet-stream-error.js'

/** The first version that lists the subjects of a stream and publishes its messages again. */
const oldest = [2, 9] as const

const offReason = 'JetStream is off at this NATS server; switch it on there'

const accountReason = 'JetStream is off for the account of the relay at NATS; switch it on there'
const silentReason = 'JetStream at this NATS server does not answer; look at its log'

/** How long JetStream may take: without values the connection is of use as well. */
const answerMs = 3000

/** Whether relays can keep values, or messages, at a server. */
export interface JetStreamSupport {
  /** True, or the reason why not. */
  readonly can: true | string
  /** Whether it may become true without a new connection, since JetStream did not work. */
  readonly isTemporary?: boolean
}

/** The streams that relays want. */
export interface WantedStreams {
  readonly what: 'values' | 'history'
  /** Relays need to receive all subjects that begin with this. */
  readonly prefix: string
  /** Finds its streams. */
  find(): Promise<unknown>
}

/** Finds out whether relays can keep values, or messages, at a server. */
export async function jetStreamSupportOf(
  nats: NatsConnection,
  wanted: WantedStreams,
  clock: Pick<Clock, 'after'>,
): Promise<JetStreamSupport> {
  const { headers, jetstream, version = '' } = nats.info ?? {}
  if (!jetstream) return { can: offReason }
  if (!headers) return { can: noHeaders }
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    const needs = wanted.what === 'values' ? 'values need' : 'a history needs'
    return { can: `${needs} nats-server ${oldest.join('.')} or later; this is ${version}` }
  }
  const support = found(nats, wanted)
  const silent = new Promise<JetStreamSupport>((resolve) => {
    void within(answerMs, support, clock).then(() => resolve({ can: silentReason, isTemporary: true }))
  })
  return Promise.race([support, silent])
}

async function found(nats: NatsConnection, { what, prefix, find }: WantedStreams): Promise<JetStreamSupport> {
  try {
    // An error of this subscription would be no refusal of JetStream.
    if (!(await canSubscribe(nats, prefix))) return { can: forbiddenReason(what) }
    await find()
    return { can: true }
  } catch (cause) {
    // Another error is the end of the connection.
    if (cause instanceof JetStreamError || (cause instanceof WildcastError && cause.code !== 'broker_down'))
      return refused(cause, what)
    throw cause
  }
}

function forbiddenReason(what: WantedStreams['what']): string {
  const subjects = what === 'values' ? 'values' : 'the history'
  return `the relay's user at NATS needs the subjects of ${subjects} and JetStream; see docs/state.md`
}

function refused(cause: unknown, what: WantedStreams['what']): JetStreamSupport {
  if (isRefusedWith(cause, jetStreamCodes.notEnabled, jetStreamCodes.noAccount, jetStreamCodes.noResponders))
    return { can: accountReason, isTemporary: true }
  const { code, message } = WildcastError.from(jetStreamFailure(cause))
  if (code === 'forbidden') return { can: forbiddenReason(what) }
  return { can: message, isTemporary: code !== 'unsupported' }
}

async function canSubscribe(nats: NatsConnection, prefix: string): Promise<boolean> {
  let isRefused = false
  const callback = (refusal: unknown): void => {
    if (refusal) isRefused = true
  }
  const subscription = nats.subscribe(`${prefix}>`, { callback })
  await nats.flush()
  subscription.unsubscribe()
  await nats.flush() // the library reports a refusal later than the first PONG
  return !isRefused
}
