import { expect } from 'vitest'
import type { Connected } from '../../../client/src/testing/connect.js'
import type { Feed } from '../feed.js'
import { type UseSubscriptionOptions, useSubscription } from '../use-subscription.js'
import { eventually } from './eventually.js'

/** Renders nothing; records what the hook returns at each render. */
export function Look(props: {
  readonly pattern: string | null
  readonly options?: UseSubscriptionOptions
  readonly seen: Feed[]
}) {
  props.seen.push(useSubscription(props.pattern, { ...props.options }))
  return null
}

/** The relay delivers a message. */
export const say = ({ relay }: Connected, message: string, subject = 'good.apple'): void =>
  relay.link.say({ kind: 'Message', id: 1, subject, message, broker: 'test' })

/** The texts of the messages of a feed. */
export const texts = ({ items }: Feed): string[] => items.map((message) => message.text())
/** What the hook returned at its last render. */
export const last = (seen: readonly Feed[]): Feed => seen.at(-1) as Feed
/** Waits until the subscription is confirmed. */
export const ready = (seen: readonly Feed[]): Promise<void> => eventually(() => expect(last(seen).status).toBe('ready'))
