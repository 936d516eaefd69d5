import type { NatsConnection } from 'nats'
import type { Clock } from '../../../core/clock.js'
import type { HistoryRules } from '../../../core/history-rules.js'
import type { ConnectionEvents } from '../../foreign/driver.js'
import type { JetStream } from '../values/jet-stream.js'
import type { KeptRule } from './kept-rules.js'
import { KeptStream } from './kept-stream.js'
import { NatsHistory } from './nats-history.js'
import { RuleMessages } from './rule-messages.js'

export interface OpenHistoryOptions {
  readonly nats: NatsConnection
  readonly jetStream: JetStream
  readonly clock: Clock
  readonly events: ConnectionEvents
  readonly rules: HistoryRules
  /** The same rules, as NATS keeps them. */
  readonly kept: readonly KeptRule[]
}

/** Finds or makes the streams of all rules, and receives their messages. */
export async function openHistory(options: OpenHistoryOptions): Promise<NatsHistory> {
  const { nats, jetStream, clock, events, rules, kept } = options
  const messages: RuleMessages[] = []
  for (const one of kept) {
    const stream = new KeptStream({ kept: one, nats, jetStream, clock, failed: (error) => events.lost(error) })
    await stream.open()
    const received = new RuleMessages({ nats, stream, clock, dropped: (why) => events.dropped(why) })
    await received.begin()
    messages.push(received)
  }
  return new NatsHistory({ nats, jetStream, rules, messages })
}
