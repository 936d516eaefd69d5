import type { StreamSettings } from '../values/jet-stream.js'
import { type KeptRule, termsStream, termsSubjects } from './kept-rules.js'

/** The settings of a stream that relays may change, since they follow from the rule. */
const adopted = ['max_msgs', 'max_age', 'duplicate_window'] as const

/** How long JetStream remembers the ids of messages by default, in milliseconds. */
const duplicatesMs = 120_000

const nanoseconds = 1_000_000

/** Returns the settings of the stream of a rule. */
export function keptSettings({ rule, subjects, stream, prefix }: KeptRule): StreamSettings {
  const { ageMs = 0, messages } = rule
  return {
    name: stream,
    description: `Wildcast keeps the messages of "${rule.subjects}"`,
    ...keptRequired({ subjects, prefix }),
    max_msgs: messages,
    max_age: ageMs * nanoseconds,
    duplicate_window: Math.min(duplicatesMs, ageMs || duplicatesMs) * nanoseconds,
    storage: 'file',
    num_replicas: 1,
  }
}

/** Returns the settings that the stream of a rule must have. */
export function keptRequired({ subjects, prefix }: Pick<KeptRule, 'subjects' | 'prefix'>): object {
  return {
    subjects,
    retention: 'limits',
    discard: 'old',
    republish: { src: '>', dest: `${prefix}>` },
    sealed: false,
    no_ack: false,
  }
}

/** Returns the settings of a stream as the rule demands them; undefined if it has them. */
export function updatedSettings(found: StreamSettings, kept: KeptRule): StreamSettings | undefined {
  const wanted = keptSettings(kept)
  if (adopted.every((name) => (found[name] ?? 0) === wanted[name])) return undefined
  return { ...found, ...Object.fromEntries(adopted.map((name) => [name, wanted[name]])) }
}

/** Returns the settings of the stream of terms. */
export function termsSettings(): StreamSettings {
  const kept = { retention: 'limits', max_msgs_per_subject: 1, storage: 'file', num_replicas: 1 }
  return { name: termsStream, subjects: [termsSubjects], ...kept }
}
