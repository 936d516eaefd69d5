import { type BrokerMessage, isClosed, isDerived, type Subject } from '@wildcast/protocol'
import type { Outlet } from './outlet.js'

/** The address of an answer whose requester finds its request by correlation data. */
export interface CorrelatedAddress {
  readonly subject: Subject
  readonly correlation: Uint8Array
}

/** A message that asks for an answer, as some of its receivers see it. */
export interface AnswerForm {
  readonly message: BrokerMessage
  /** The subject to answer on. Absent if every client may publish on it. */
  readonly on: Subject | undefined
  /** The address that `on` stands for. */
  readonly to?: CorrelatedAddress | undefined
}

/** A message that asks for an answer. */
export interface AnswerForms {
  /** For outlets without an encoder, whose clients know correlation data themselves. */
  readonly plain: AnswerForm
  /** For all others: correlation data is kept here, and a subject stands for it. */
  readonly encoded: AnswerForm
}

/**
 * Returns the forms of a message. Undefined if it asks for no answer.
 * @param serves - whether the receivers are responders
 * @param newSubject - returns a subject that can stand for an address
 */
export function answerForms(
  message: BrokerMessage,
  { serves, newSubject }: { readonly serves: boolean; newSubject(): Subject },
): AnswerForms | undefined {
  const { responseSubject: subject, beside } = message
  if (subject === undefined) return undefined
  // Others aren't registered: strangers could publish many of them, and so displace these.
  const on = serves || isClosed(subject) || isDerived(subject) ? subject : undefined
  const plain = { message, on }
  if (!beside?.correlation) return { plain, encoded: plain }
  const standIn = newSubject()
  const to = { subject, correlation: beside.correlation }
  return { plain, encoded: { message: { ...message, responseSubject: standIn }, on: standIn, to } }
}

/** Returns the form of a message for an outlet. */
export function formFor({ encoder }: Pick<Outlet, 'encoder'>, { plain, encoded }: AnswerForms): AnswerForm {
  return encoder ? encoded : plain
}
