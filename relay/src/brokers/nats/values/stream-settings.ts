import type { StoreLimits } from '../../../stores/limits.js'
import type { StreamSettings } from './jet-stream.js'
import { allValues, changePrefix, leasesStream, leasesSubjects, valuesStream, valuesSubjects } from './places.js'

/** The messages of the stream that are no values: the mark and the term. */
const others = 2

/** The settings that the stream of values must have. */
export const valuesRequired: object = {
  subjects: [valuesSubjects],
  retention: 'limits',
  max_msgs_per_subject: 1,
  max_age: 0,
  discard: 'new',
  republish: { src: allValues, dest: `${changePrefix}>` },
  sealed: false,
  deny_delete: false,
}

/** Returns the settings of a new stream of values. */
export function valuesSettings(limits: StoreLimits): StreamSettings {
  return { name: valuesStream, ...valuesRequired, max_msgs: mostMessages(limits), storage: 'file', num_replicas: 1 }
}

/** Returns the settings of a new stream of leases. */
export function leasesSettings(): StreamSettings {
  const kept = { retention: 'limits', max_msgs_per_subject: 1, storage: 'file', num_replicas: 1 }
  return { name: leasesStream, subjects: [leasesSubjects], ...kept }
}

export function mostMessages({ values }: StoreLimits): number {
  return values + others
}

/** Returns the name of a setting by which a stream is not ours. */
export function foreignSetting(found: StreamSettings, required: object): string | undefined {
  return Object.entries(required).find(([name, value]) => !isSame(value, found[name]))?.[0]
}

/** JetStream leaves out some settings that are off, and may add members to a table. */
function isSame(wanted: unknown, found: unknown): boolean {
  if (wanted === false || wanted === 0) return !found
  if (typeof wanted !== 'object' || wanted === null) return wanted === found
  const members: Record<string, unknown> = Object(found)
  return Object.entries(wanted).every(([name, value]) => members[name] === value)
}
