import { WildcastError } from '@wildcast/protocol/client'
import type { Client } from '../client.js'
import type { Message } from '../messages/message.js'
import type { CaughtUp, Completeness, SubscriptionStatus } from '../subscriptions/subscription-events.js'
import { onPageHidden } from './page-hidden.js'
import type { SharedOptions } from './shared-options.js'
import type { SubscriptionFeed } from './subscription-feed.js'

/** The feed that a subscription fills. */
export interface FeedSink {
  feed(): SubscriptionFeed
  message(message: Message): void
  /** Messages were lost. */
  lose(): void
  change(to: Partial<SubscriptionFeed>): void
  refuse(to: Partial<SubscriptionFeed> & { readonly error: WildcastError }): void
}

/** Subscribes. Returns a function that ends it. */
export function openFeedSubscription(
  client: Client,
  pattern: string,
  { whenHidden = 'same', ...wire }: SharedOptions,
  sink: FeedSink,
): () => void {
  let leave: (() => void) | undefined
  let position: string | undefined
  /** Messages lost in total, and before the last pause. */
  let [missed, missedBefore] = [0, 0]
  /** It was ready before a pause, and will be again. */
  let isResumed = false

  const events = {
    onGap: () => sink.lose(),
    onSynced: ({ recovered }: CaughtUp) => recovered === false && sink.lose(),
    onContinuity(now: Completeness) {
      missed = missedBefore + now.missed
      sink.change({ ...now, missed, asOf: now.asOf ?? sink.feed().asOf })
    },
    onStatus(status: SubscriptionStatus) {
      if (status === 'ready') sink.change({ status, error: undefined })
      else if (!isResumed || status === 'denied' || status === 'error') sink.change({ status })
    },
    onError: (error: WildcastError) => sink.refuse({ error }),
  }
  const { take, hold } = holdNewest(sink)
  const onMessage = (message: Message): void => {
    position = message.position ?? position
    take(message)
  }
  const begin = (after?: string): void => {
    try {
      leave = client.subscribe(pattern, onMessage, { ...wire, ...events, after })
    } catch (cause) {
      sink.refuse({ status: 'error', error: WildcastError.from(cause) })
    }
  }
  const pause = (isHidden: boolean): void => {
    if (isHidden) {
      leave?.()
      leave = undefined
      missedBefore = missed
      isResumed ||= sink.feed().status === 'ready'
      if (isResumed) sink.change({ status: 'reconnecting', continuity: 'stale' })
    } else if (!leave) {
      const isMember = wire.group != null // the other members have got the messages
      if (isResumed && !isMember && position === undefined) sink.lose()
      begin(isMember ? undefined : position)
    }
  }

  begin()
  const stopFollowing = whenHidden === 'same' ? undefined : onPageHidden(whenHidden === 'pause' ? pause : hold)
  return () => {
    stopFollowing?.()
    leave?.()
  }
}

/** Holds back all messages but the newest of each subject. */
function holdNewest({ message: deliver }: FeedSink): {
  readonly take: (message: Message) => void
  readonly hold: (isHidden: boolean) => void
} {
  let held: Map<string, Message> | undefined
  return {
    take(message) {
      held?.delete(message.subject) // so that the newest is the last
      if (held) held.set(message.subject, message)
      else deliver(message)
    },
    hold(isHidden) {
      const due = isHidden ? undefined : held
      held = isHidden ? (held ?? new Map<string, Message>()) : undefined
      for (const message of due?.values() ?? []) deliver(message)
    },
  }
}
