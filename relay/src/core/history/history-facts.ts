import { type JsonValue, type Payload, payloadText } from '@wildcast/protocol'

/** A write of a producer: each has the next number of its epoch. */
export interface ProducerWrite {
  readonly epoch: number
  readonly seq: number
}

/** The declarations of writers about the history of a subject. All relays share them. */
export interface HistoryFacts {
  /** The content type of its messages. */
  readonly type: string
  /** The last number of writers that order their messages by a text of their own. */
  readonly seq?: string | undefined
  /** The last write of each producer; those that wrote last are at the end. */
  readonly producers: ReadonlyMap<string, ProducerWrite>
}

/** The verdict on a write of a producer, by its last one. */
export type ProducerVerdict =
  | { readonly kind: 'next' }
  /** It was written before. */
  | { readonly kind: 'duplicate'; readonly last: ProducerWrite }
  /** Another instance of the producer has begun a later epoch. */
  | { readonly kind: 'stale'; readonly epoch: number }
  /** Earlier writes are missing. */
  | { readonly kind: 'gap'; readonly expected: number }
  /** An epoch begins with 0. */
  | { readonly kind: 'late start' }

/** Producers of one subject that are remembered. */
const mostProducers = 100

/** @param last - the last write of the producer, if it is known */
export function verdictOn({ epoch, seq }: ProducerWrite, last: ProducerWrite | undefined): ProducerVerdict {
  if (!last) return seq === 0 ? { kind: 'next' } : { kind: 'gap', expected: 0 }
  if (epoch < last.epoch) return { kind: 'stale', epoch: last.epoch }
  if (epoch > last.epoch) return seq === 0 ? { kind: 'next' } : { kind: 'late start' }
  if (seq <= last.seq) return { kind: 'duplicate', last }
  return seq === last.seq + 1 ? { kind: 'next' } : { kind: 'gap', expected: last.seq + 1 }
}

/** Returns the facts after a write. */
export function factsAfter(
  { type, seq, producers }: HistoryFacts,
  written: {
    readonly seq?: string | undefined
    readonly producer?: ({ readonly id: string } & ProducerWrite) | undefined
  },
): HistoryFacts {
  const { producer } = written
  const kept = new Map(producers)
  if (producer) {
    kept.delete(producer.id)
    kept.set(producer.id, { epoch: producer.epoch, seq: producer.seq })
  }
  for (const id of kept.keys()) if (kept.size > mostProducers) kept.delete(id)
  return { type, seq: written.seq ?? seq, producers: kept }
}

/** Returns the facts that follow from two relays' knowledge of one history. */
export function laterFacts(one: HistoryFacts, other: HistoryFacts | undefined): HistoryFacts {
  if (!other) return one
  const producers = new Map(one.producers)
  for (const [id, write] of other.producers) if (isAfter(write, producers.get(id))) producers.set(id, write)
  for (const id of producers.keys()) if (producers.size > mostProducers) producers.delete(id)
  const seq = (one.seq ?? '') > (other.seq ?? '') ? one.seq : other.seq
  return { type: one.type, seq, producers }
}

function isAfter(one: ProducerWrite, other: ProducerWrite | undefined): boolean {
  return !other || one.epoch > other.epoch || (one.epoch === other.epoch && one.seq > other.seq)
}

/** Encodes facts as a value. */
export function payloadOfFacts({ type, seq, producers }: HistoryFacts): string {
  return JSON.stringify({ type, seq, producers: [...producers].map(([id, write]) => [id, write.epoch, write.seq]) })
}

/** Decodes a value. Returns undefined if it is not one of facts. */
export function factsOfPayload(payload: Payload): HistoryFacts | undefined {
  const found = fieldsOf(payloadText(payload) ?? '')
  if (!found) return undefined
  const { type, seq, producers } = found
  if (typeof type !== 'string' || !Array.isArray(producers)) return undefined
  const entries = producers.flatMap((entry) => {
    const [id, epoch, last] = Array.isArray(entry) ? entry : []
    const isWrite = typeof id === 'string' && typeof epoch === 'number' && typeof last === 'number'
    return isWrite ? [[id, { epoch, seq: last }] as const] : []
  })
  return { type, seq: typeof seq === 'string' ? seq : undefined, producers: new Map(entries) }
}

function fieldsOf(text: string): { readonly [name: string]: JsonValue } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as { readonly [name: string]: JsonValue }) : undefined
  } catch {
    return undefined // an operator has written it
  }
}
