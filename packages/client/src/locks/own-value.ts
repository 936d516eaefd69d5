import { interrupted } from '../connection/interrupted.js'
import type { Message } from '../messages/message.js'
import { listen } from '../subscriptions/listen.js'
import type { Undo } from '../time/clock.js'
import type { VerbPorts } from '../verb-ports.js'

/** A value that this client has written. */
export interface OwnValue {
  readonly subject: string
  readonly broker: string | undefined
  readonly revision: string
}

/**
 * Calls back when the value is no longer that of this client, such as after another client has
 * deleted it, or its store has lost it, until the undo or the signal. Without the permission to
 * subscribe it detects nothing.
 */
export function watchOwnValue(
  ports: Pick<VerbPorts, 'subscribe'>,
  { subject, broker, revision: own }: OwnValue,
  signal: AbortSignal,
  lost: (reason: Error) => void,
): Undo {
  /** The newest revision since the values were last sent. */
  let newest: string | undefined
  const take = ({ revision = '' }: Message): void => {
    newest = revision
    if (revision > own) lose()
  }
  const lose = (): void => lost(interrupted(`the value of "${subject}" was deleted or replaced`))
  return listen(
    ports,
    { subject, broker, group: undefined, policy: undefined, retained: true },
    {
      signal,
      onMessage: take,
      onUnfit: take, // it has replaced the value, too
      onGap() {
        newest = undefined
      },
      onSynced() {
        if (newest !== own) lose()
      },
      onError() {},
    },
  )
}
