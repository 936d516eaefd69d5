import type { ClientGuard } from './client-guard.js'
import type { GuardedEngine, GuardedMessage } from './guarded-parts.js'
import { withoutNames } from './named-params.js'

/**
 * Guards the messages of all subscriptions. A pattern with names stays one in the client, so that
 * its messages are not shared with those who have written `*`; only its frames have no names.
 */
export function guardEngine(engine: GuardedEngine, guard: Pick<ClientGuard, 'admit'>): void {
  const { subscribe, exchanges } = engine
  const { send, post } = exchanges
  engine.guard = guard
  /** All handlers of a subscription share its messages. */
  const judged = new WeakMap<GuardedMessage, boolean>()
  engine.subscribe = (spec, listener) => {
    const isFit = (message: GuardedMessage): boolean => {
      const known = judged.get(message)
      if (known !== undefined) return known
      const fits = guard.admit(message, spec.subject, spec.serve && 'request')
      judged.set(message, fits)
      return fits
    }
    const onMessage = (message: GuardedMessage): unknown =>
      isFit(message) ? listener.onMessage(message) : listener.onUnfit?.(message)
    return subscribe.call(engine, spec, { ...listener, onMessage })
  }
  exchanges.send = (content, handler) => send.call(exchanges, plain(content), handler)
  exchanges.post = (content, handler) => post.call(exchanges, plain(content), handler)
}

/** Returns a frame without names in its pattern. */
function plain(content: object): object {
  if (!('subject' in content) || typeof content.subject !== 'string' || !content.subject.includes('{')) return content
  return { ...content, subject: withoutNames(content.subject) }
}
