import { type RequestFrame, type ResponseFrame, WildcastError } from '@wildcast/protocol'
import type { Undo } from './clock.js'
import type { Core } from './core.js'
import { type Message, toMessage } from './message.js'
import { openPatience } from './patience.js'
import { checkSize } from './publish.js'

/** How long to wait for an answer, and who hears of its parts. */
export interface Waiting {
  /** @default 5000 */
  readonly timeoutMs?: number | undefined
  /** Gives up, and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Hears of every part of a streamed answer but the last. Each part starts the wait anew. */
  readonly onPart?: ((part: Message) => void) | undefined
}

type Inquiry = Omit<RequestFrame, 'ref' | 'timeout'>

/** The relay tells a timeout itself; only where it doesn't, we do. */
const graceMs = 1_000

/** Asks, now or when there is a way, and resolves with the last answer. */
export function request(core: Core, frame: Inquiry, { timeoutMs = 5_000, signal, onPart }: Waiting): Promise<Message> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    checkSize(core, frame)
    let ref: number | undefined
    let unpost: Undo | undefined

    const patience = openPatience({ clock: core.clock, ms: timeoutMs + graceMs, signal }, (why) => {
      unpost?.()
      if (ref !== undefined) cancel(core, ref)
      reject(why === 'timeout' ? timeout(frame.subject, timeoutMs) : why.aborted)
    })
    const fail = (error: WildcastError): void => {
      patience.end()
      reject(error)
    }
    const answer = (response: ResponseFrame): void => {
      const message = toAnswer(core, frame, response)
      if (response.more) {
        patience.renew()
        core.call(onPart, message)
      } else {
        patience.end()
        resolve(message)
      }
    }

    unpost = core.post({
      send() {
        ref = core.ask(
          { ...frame, timeout: timeoutMs },
          { answer: (response) => response.kind === 'Response' && answer(response), fail },
        )
        return ref !== undefined
      },
      fail,
    })
  })
}

function cancel({ forget, link }: Core, ref: number): void {
  forget(ref)
  link.send({ kind: 'Cancel', ref })
}

function toAnswer({ link }: Core, { subject, broker }: Inquiry, { message }: ResponseFrame): Message {
  const carrier = broker ?? link.welcome?.brokers.find((known) => known.default)?.name ?? ''
  return toMessage({ kind: 'Message', id: 0, subject, message, broker: carrier }, subject)
}

function timeout(subject: string, timeoutMs: number): WildcastError {
  return new WildcastError('timeout', `${subject} did not answer within ${timeoutMs} ms`)
}
