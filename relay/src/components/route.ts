import { type BrokerMessage, parseSubject, type Subject } from '@wildcast/protocol'
import type { CheckedOutput } from './read-outputs.js'

/** Where the outputs of a component go that name nothing themselves. */
export interface Defaults {
  readonly broker?: string | undefined
  readonly subject?: string | undefined
}

export interface Routed {
  readonly broker: string
  readonly message: BrokerMessage
}

/**
 * Where an output goes: to its own subject, else to where an answer is awaited, else to the default
 * one, else to the subject of the message that triggered it. Its own broker goes before the default
 * one, and that before the component's. An answer goes back to the broker that it is awaited on.
 * @throws {WildcastError} `invalid_subject`
 */
export function route(
  output: CheckedOutput,
  trigger: BrokerMessage,
  { own, result }: { readonly own: string; readonly result: Defaults },
): Routed {
  const awaited = answerSubject(trigger)
  const answers = output.subject === undefined && awaited !== undefined
  const subject = output.subject ?? awaited ?? result.subject ?? trigger.subject
  const broker = output.broker ?? (answers ? own : (result.broker ?? own))
  return {
    broker,
    message: {
      subject: answers ? (subject as Subject) : parseSubject(subject),
      payload: output.payload,
      ...(output.responseSubject === undefined ? {} : { responseSubject: parseSubject(output.responseSubject) }),
      ...(output.headers === undefined ? {} : { headers: output.headers }),
    },
  }
}

/** A broker without reply addresses leaves it to the subject to say where an answer is awaited. */
function answerSubject({ subject, responseSubject }: BrokerMessage): string | undefined {
  return responseSubject ?? (/^request\.[^.]+\./.test(subject) ? subject.replace(/^request/, 'response') : undefined)
}
