import { type BrokerMessage, parseSubject, type Subject } from '@wildcast/protocol'
import type { CheckedOutput } from './read-outputs.js'

/** The destination of outputs that name none. */
export interface Defaults {
  readonly broker?: string | undefined
  readonly subject?: string | undefined
}

/** A message and its broker. */
export interface Routed {
  readonly broker: string
  readonly message: BrokerMessage
}

/**
 * Returns the destination of an output. Its subject is its own, else the subject to answer on, else
 * the default one, else the trigger's. Its broker is its own, else the default one, else the
 * component's. An answer goes back to the broker of its request, with its correlation data.
 * @throws {WildcastError} `invalid_subject`
 */
export function route(
  output: CheckedOutput,
  trigger: BrokerMessage,
  { own, result }: { readonly own: string; readonly result: Defaults },
): Routed {
  const answerOn = answerSubject(trigger)
  const answers = output.subject === undefined && answerOn !== undefined
  const subject = output.subject ?? answerOn ?? result.subject ?? trigger.subject
  const broker = output.broker ?? (answers ? own : (result.broker ?? own))
  const correlation = subject === answerOn ? trigger.beside?.correlation : undefined
  return {
    broker,
    message: {
      subject: answers ? (subject as Subject) : parseSubject(subject),
      payload: output.payload,
      ...(output.responseSubject === undefined ? {} : { responseSubject: parseSubject(output.responseSubject) }),
      ...(output.headers === undefined ? {} : { headers: output.headers }),
      ...(correlation && { beside: { correlation } }),
    },
  }
}

/**
 * On a broker without reply addresses, the subject of a request implies the subject to answer on.
 */
export function answerSubject({ subject, responseSubject }: BrokerMessage): string | undefined {
  return responseSubject ?? (/^request\.[^.]+\./.test(subject) ? subject.replace(/^request/, 'response') : undefined)
}
