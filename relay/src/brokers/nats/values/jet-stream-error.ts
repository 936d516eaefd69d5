import { WildcastError } from '@wildcast/protocol'

/** The codes of refusals: `err_code` of the API of JetStream. */
export const jetStreamCodes = {
  /** No answer: JetStream is off, or no stream takes the subject. */
  noResponders: 503,
  noAccount: 10039,
  notEnabled: 10076,
  noStream: 10059,
  noMessage: 10037,
  otherStream: 10058,
  wrongSequence: 10071,
  overlap: 10065,
} as const

/** The codes of JetStream for a limit of the account or the server that is reached. */
const fullCodes: readonly number[] = [10002, 10023, 10028, 10047]
/** The stream has refused a message: its description has the limit, or the failure of the disk. */
const storeFailed = 10077

/** A refusal of JetStream. */
export class JetStreamError extends Error {
  readonly code: number

  constructor(code: number, description: string) {
    super(description)
    this.code = code
  }
}

/** Whether JetStream has refused a request with one of these codes. */
export function isRefusedWith(cause: unknown, ...codes: readonly number[]): boolean {
  return cause instanceof JetStreamError && codes.includes(cause.code)
}

/** Whether there is no room for a message: in the stream, in the account, or on the disk. */
export function isOutOfRoom(cause: unknown): boolean {
  return isRefusedWith(cause, storeFailed, ...fullCodes)
}

/** Whether the stream holds the most messages that it may hold. */
export function isOutOfMessages(cause: unknown): boolean {
  return isRefusedWith(cause, storeFailed) && /maximum messages/.test(String(cause))
}

/** Returns the error of a request for a relay. */
export function jetStreamFailure(cause: unknown): unknown {
  if (!(cause instanceof JetStreamError)) return cause
  const { code, message } = cause
  if (isOutOfRoom(cause))
    return new WildcastError(
      'storage_full',
      `NATS has no room for it (${message}): delete values or messages, or raise the limits of JetStream`,
      { cause },
    )
  if (code === jetStreamCodes.noResponders)
    return new WildcastError('broker_down', 'JetStream at the NATS server does not answer', { cause })
  return new WildcastError('broker_down', `JetStream at the NATS server has refused it: ${message}`, { cause })
}

/**
 * Resolves also if the server refuses a change of settings, for instance since the user of the
 * relay may not make it: the stream then keeps those that it has. Other failures are of the link.
 */
export async function unlessRefused(change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (cause) {
    const isRefused = cause instanceof JetStreamError || WildcastError.from(cause).code === 'forbidden'
    if (!isRefused) throw cause
  }
}

/** Rejects with the error for a relay if JetStream refuses. */
export async function failing<Result>(pending: Promise<Result>): Promise<Result> {
  try {
    return await pending
  } catch (cause) {
    throw jetStreamFailure(cause)
  }
}
