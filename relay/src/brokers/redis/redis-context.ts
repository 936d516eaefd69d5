import type { Clock } from '../../core/clock.js'
import type { HistoryRules } from '../../core/history-rules.js'
import type { StoreLimits } from '../../stores/limits.js'
import type { GroupConsumer } from './group-consumer.js'
import type { Keys } from './keys.js'
import type { LeaseTimes } from './leases.js'
import type { RuleTexts } from './rule-texts.js'
import type { Script } from './scripts.js'
import type { RedisNames } from './subjects.js'
import type { MarkChannels } from './values/mark-channels.js'
import type { NewestTerm } from './values/terms.js'

/** The parts of a relay at one Redis that outlive a connection. */
export interface RedisContext {
  /** The owner of its leases. */
  readonly id: string
  readonly prefix: string
  readonly cluster: boolean
  readonly names: RedisNames
  readonly keys: Keys
  readonly leaseTimes: LeaseTimes
  readonly clock: Clock
  readonly newId: () => string
  readonly marks: MarkChannels
  readonly writeScript: Script
  readonly appendScript: Script
  /** Which messages are kept, if any. */
  readonly rules: HistoryRules
  readonly ruleTexts: RuleTexts
  /** The limits of the values that are kept. */
  readonly limits: StoreLimits
  readonly newestTerm: NewestTerm
  /** Its consumers, by the registry lines of their groups. */
  readonly consumers: Map<string, GroupConsumer>
}
