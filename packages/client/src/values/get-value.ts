import { isSubject } from '@wildcast/protocol/client'
import { type Patience, waitFor } from '../app/patience.js'
import { postAgain } from '../exchanges/post-again.js'
import { type Message, ReceivedMessage } from '../messages/message.js'
import { callPorts, type Scoped } from '../scope-ports.js'
import { checkSubject } from '../verbs.js'

/** Options of `get`. */
export interface GetOptions extends Patience {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** @default 5000 */
  readonly timeoutMs?: number | undefined
}

/** Reads the value of a subject. */
export async function getValue<Data>(
  scope: Scoped,
  subject: string,
  options: GetOptions = {},
): Promise<Message<Data> | undefined> {
  const { timeoutMs = 5_000, signal } = options
  checkSubject(subject, isSubject)
  const { ports, broker } = callPorts(scope, 'value', subject, options)
  const value = await waitFor<Message<Data> | undefined>(ports.clock, { timeoutMs, signal }, (resolve, reject) => {
    let found: Message<Data> | undefined
    return postAgain(ports, {
      frame() {
        found = undefined
        return { kind: 'Subscribe', subject, broker, snapshot: true }
      },
      answer(frame) {
        if (frame.kind === 'Message') found = new ReceivedMessage(frame, subject, ports.clock.now())
        else if (frame.kind === 'Synced') resolve(found)
        return frame.kind !== 'Synced'
      },
      fail: reject,
    })
  })
  if (value) ports.guard?.demand(value)
  return value
}
