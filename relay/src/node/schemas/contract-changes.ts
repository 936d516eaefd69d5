import type { ContractKind } from '@wildcast/contract'
import { covers } from '@wildcast/protocol'
import type { KindSchema } from './json-schemas.js'
import { schemaChanges } from './schema-changes.js'

/** A difference of two contracts. */
export interface ContractChange {
  readonly key: string
  readonly kind: ContractKind
  /** The path to the changed part of the data; empty for all of it. */
  readonly path: string
  readonly change: 'added' | 'removed' | 'stricter' | 'wider' | 'unknown'
  /** Those who must change their code first. Empty: it breaks no client. */
  readonly breaks: readonly string[]
  readonly text: string
}

/** The clients that send a kind of data, and those that receive it. */
const clients: Readonly<Record<ContractKind, readonly [senders: string, receivers: string]>> = {
  message: ['publishers', 'subscribers'],
  value: ['writers', 'readers'],
  request: ['requesters', 'responders'],
  reply: ['responders', 'requesters'],
  presence: ['members', 'watchers'],
}

/**
 * Returns the differences of two contracts. Stricter data breaks those who send it, wider data
 * those who receive it. An entry that is removed breaks both, unless another one declares its
 * subjects.
 */
export function contractChanges(
  before: readonly KindSchema[],
  after: readonly KindSchema[],
): readonly ContractChange[] {
  const successor = (old: KindSchema): KindSchema | undefined =>
    after.find((now) => now.kind === old.kind && now.entry.pattern === old.entry.pattern) ??
    after.find((now) => now.kind === old.kind && covers(now.entry.pattern, old.entry.pattern))
  const successors = new Map(before.map((old) => [old, successor(old)]))
  const added = after.filter((now) => ![...successors.values()].includes(now))
  return [
    ...[...successors].flatMap(([old, now]) => (now ? changesOf(old, now) : [removalOf(old)])),
    ...added.map(({ entry: { key }, kind }): ContractChange => {
      return { key, kind, path: '', change: 'added', breaks: [], text: 'is new' }
    }),
  ]
}

function removalOf({ entry: { key }, kind }: KindSchema): ContractChange {
  return { key, kind, path: '', change: 'removed', breaks: clients[kind], text: 'is no longer declared' }
}

function changesOf(old: KindSchema, now: KindSchema): readonly ContractChange[] {
  const { kind } = old
  const { key } = old.entry
  const [senders, receivers] = clients[kind]
  const codec = old.entry.codec === now.entry.codec ? [] : [`has the codec ${now.entry.codec ?? 'of no name'} now`]
  const recoded = codec.map((text): ContractChange => {
    return { key, kind, path: '', change: 'stricter', breaks: clients[kind], text }
  })
  if (!old.schema || !now.schema) {
    if (!old.schema && !now.schema) return recoded
    const text = 'can not be compared: one of the schemas has no JSON schema'
    return [...recoded, { key, kind, path: '', change: 'unknown', breaks: [], text }]
  }
  const changes = schemaChanges(old.schema, now.schema).map(({ path, change, text }): ContractChange => {
    return { key, kind, path, change, breaks: [change === 'stricter' ? senders : receivers], text }
  })
  return [...recoded, ...changes]
}

/** A change in a line. */
export function lineOf({ key, kind, path, breaks, text }: ContractChange): string {
  const part = path === '' ? '' : ` "${path}"`
  return `${key} ${kind}:${part} ${text}${breaks.length === 0 ? '' : `; breaks ${breaks.join(' and ')}`}`
}
