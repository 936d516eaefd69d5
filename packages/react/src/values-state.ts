import type { Message, MessageParams, WildcastError } from '@wildcast/client'
import type { ValuesStatus } from '@wildcast/client/values'

/** The values of a pattern at one moment: a new object at each change, the same in between. */
export interface ValuesState<Data = unknown, Wildcards extends MessageParams = readonly string[]> {
  /** By subject; another map after each change. A value is a message with a `revision`. */
  readonly values: ReadonlyMap<string, Message<Data, Wildcards>>
  /**
   * `idle` without a pattern, `loading`, `synced` when all values were received, `stale` while
   * changes may be missing; `denied` or `error` while they are refused.
   */
  readonly status: ValuesStatus | 'idle'
  /** Why the values are refused, while they are. */
  readonly error: WildcastError | undefined
}

/** The state before the first value, and the only one in a server render. */
export const noValues: ValuesState = { values: new Map(), status: 'loading', error: undefined }
/** The state without a pattern. */
export const idleValues: ValuesState = { ...noValues, status: 'idle' }
