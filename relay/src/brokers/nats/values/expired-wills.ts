import type { Subject } from '@wildcast/protocol'
import type { ValueWrite } from '../../../core/store.js'
import { names } from '../subjects.js'
import type { JetStream } from './jet-stream.js'
import type { NatsLeases } from './leases.js'
import { allValues, nameOfPlace, valuesStream } from './places.js'
import type { StreamReader } from './stream-reader.js'

export interface ExpiredWillsPorts {
  readonly jetStream: JetStream
  readonly leases: NatsLeases
  readonly reader: StreamReader
  write(write: ValueWrite): Promise<unknown>
}

/** How many values are looked at at the same time. */
const atOnce = 64

/**
 * Writes the wills whose leases have expired. It looks at all values: a lease expires only when its
 * relay has ended.
 */
export async function writeExpiredWills({ jetStream, leases, reader, write }: ExpiredWillsPorts): Promise<void> {
  const expired = await leases.expired()
  if (expired.length === 0) return
  const ended = new Set(expired.map(({ lease }) => lease))
  const writeWill = async (subject: Subject): Promise<void> => {
    const { value, will } = (await reader.newest(subject)) ?? {}
    if (!value || !will || !ended.has(will.lease)) return
    const from = value.user === undefined ? undefined : { session: '', user: value.user }
    await write({ message: { subject, payload: will.payload, from }, ifRevision: value.revision })
  }
  const places = await jetStream.subjects(valuesStream, allValues)
  const subjects = places.map((place) => names.subjectOf(nameOfPlace(place))).filter((one) => one !== undefined)
  let failure: PromiseRejectedResult | undefined
  for (let at = 0; at < subjects.length; at += atOnce) {
    const written = await Promise.allSettled(subjects.slice(at, at + atOnce).map(writeWill))
    failure ??= written.find((one) => one.status === 'rejected')
  }
  // The leases stay, so that those that failed are tried again.
  if (failure) throw failure.reason
  for (const lease of expired) await leases.remove(lease)
}
