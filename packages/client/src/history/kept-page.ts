import { isPattern, type JsonValue, type MessageFrame, type Params } from '@wildcast/protocol/client'
import { checkNumber } from '../app/number-option.js'
import { type Patience, waitFor } from '../app/patience.js'
import { postAgain } from '../exchanges/post-again.js'
import { type Message, type MessageParams, ReceivedMessage } from '../messages/message.js'
import { callPorts, type Scoped } from '../scope-ports.js'
import { checkSubject } from '../verbs.js'

/** Options of `page`. */
export interface PageOptions extends Patience {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Only messages that contain this JSON. @default all messages */
  readonly filter?: JsonValue | undefined
  /** The newest messages before this position. Not with `after`. @default the newest of all */
  readonly before?: string | undefined
  /** The oldest messages after this position; `start` is before all. */
  readonly after?: string | undefined
  /** The most messages: from 1 to 999. @default 100 */
  readonly limit?: number | undefined
  /** @default 5000 */
  readonly timeoutMs?: number | undefined
}

/** A part of a history. */
export interface KeptPage<Data = unknown, Wildcards extends MessageParams = readonly string[]> {
  /** In the order of their positions. */
  readonly messages: readonly Message<Data, Wildcards>[]
  /** Whether there are messages before the first; with `after`, after the last. */
  readonly hasMore: boolean
  /**
   * The position of the first message, also if that is left out since it does not fit the contract.
   */
  readonly first: string | undefined
  /** The position of the last message, as `first`. */
  readonly last: string | undefined
  /** With `after`: whether no message after it is forgotten. Else undefined. */
  readonly recovered: boolean | undefined
}

/** The relay sends at most this many. */
const longest = 1000

/** Reads a page of a history. */
export async function getPage<Data, const Pattern extends string>(
  scope: Scoped,
  pattern: Pattern,
  options: PageOptions = {},
): Promise<KeptPage<Data, Params<Pattern>>> {
  const { filter, before, after, limit = 100, timeoutMs = 5_000, signal } = options
  checkSubject(pattern, isPattern)
  const { ports, broker } = callPorts(scope, 'message', pattern, options)
  const { guard } = ports
  const count = Math.min(Math.ceil(checkNumber('limit', limit)), longest - 1)
  // Its types are not checked.
  const read = (frame: MessageFrame): Message<Data, Params<Pattern>> =>
    new ReceivedMessage(frame, pattern, ports.clock.now()) as Message<unknown> as Message<Data, Params<Pattern>>
  return waitFor(ports.clock, { timeoutMs, signal }, (resolve, reject) => {
    let messages: Message<Data, Params<Pattern>>[] = []
    let recovered: boolean | undefined
    return postAgain(ports, {
      frame() {
        messages = []
        // One more, to know whether there are more.
        return { kind: 'Subscribe', subject: pattern, broker, filter, before, after, limit: count + 1, snapshot: true }
      },
      answer(frame) {
        if (frame.kind === 'Subscribed') recovered = frame.recovered
        else if (frame.kind === 'Message') messages.push(read(frame))
        else if (frame.kind === 'Synced') {
          const hasMore = messages.length > count
          const all = after === undefined ? messages.slice(-count) : messages.slice(0, count)
          const shown = guard ? all.filter((message) => guard.admit(message, pattern)) : all
          resolve({ messages: shown, hasMore, recovered, first: all[0]?.position, last: all.at(-1)?.position })
        }
        return frame.kind !== 'Synced'
      },
      fail: reject,
    })
  })
}
