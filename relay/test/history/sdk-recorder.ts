import type { Completeness, SubscribeOptions } from '@wildcast/client'
import { rule } from '../../src/testing/history-under-test.js'
import type { SdkClient } from './sdk-client.js'
import { type SdkRelay, sdkRelay } from './sdk-relay.js'

/** The rules of the relay. */
export const sdkRules = [rule('room.*.msg', { messages: 20 })]
/** Longer than a session is kept, in milliseconds. */
export const untilExpired = 61_000

/** The events of a subscriber. */
export interface RecordedFeed {
  /** The texts of messages, `!` after replayed ones, and `gap`, `synced true` …, in order. */
  readonly seen: string[]
  readonly positions: string[]
  readonly continuity: Completeness[]
  stop(): void
}

/** Subscribes, and records all that is received. */
export function record({ client }: SdkClient, pattern: string, options: SubscribeOptions = {}): RecordedFeed {
  const seen: string[] = []
  const positions: string[] = []
  const continuity: Completeness[] = []
  const stop = client.subscribe(
    pattern,
    (message) => {
      seen.push(`${message.text()}${message.replayed ? '!' : ''}`)
      positions.push(message.position ?? '')
    },
    {
      onGap: () => seen.push('gap'),
      onSynced: ({ recovered }) => seen.push(`synced ${recovered}`),
      onContinuity: (now) => continuity.push(now),
      ...options,
    },
  )
  return { seen, positions, continuity, stop }
}

/** Opens a relay that has kept this many messages: `0`, `1` … `say` publishes more. */
export async function openHistory(
  messages = 0,
): Promise<{ relay: SdkRelay; say: (...texts: string[]) => Promise<void> }> {
  const relay = await sdkRelay(sdkRules)
  const writer = relay.connect()
  await relay.pass(0)
  const say = async (...texts: string[]): Promise<void> => {
    await relay.pass(0) // subscriptions are confirmed
    for (const text of texts) void writer.client.publish('room.1.msg', text)
    await relay.pass(0)
  }
  for (let i = 0; i < messages; i++) await say(`${i}`)
  return { relay, say }
}
