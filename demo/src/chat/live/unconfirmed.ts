import { emojis } from '../../../contract.js'
import { isRecord, readStored, writeStored } from '../../storage.js'

export type Emoji = (typeof emojis)[number]

/** The reactions of one person to one message. */
export interface Reaction {
  readonly name: string
  readonly emoji: readonly Emoji[]
}

/** A change that the broker has not confirmed. */
export interface Unconfirmed extends Reaction {
  readonly broker: string
}

const storageKey = 'wildcast-demo-reactions'

/**
 * The changes that the page before a reload had not written, by subject. The outbox of the SDK
 * keeps messages only; a value replaces the one before, so it can be written twice.
 */
export function readUnconfirmed(): Readonly<Record<string, Unconfirmed>> {
  const found = Object.entries(readStored(storageKey, 'sessionStorage')).flatMap(([subject, kept]) => {
    const { name, emoji, broker } = isRecord(kept) ? kept : {}
    if (typeof name !== 'string' || typeof broker !== 'string' || !Array.isArray(emoji)) return []
    return [[subject, { name, broker, emoji: emojis.filter((each) => emoji.includes(each)) }] as const]
  })
  return Object.fromEntries(found)
}

/** Keeps the changes for a reload. */
export function keepUnconfirmed(changes: Readonly<Record<string, Unconfirmed>>): void {
  writeStored(storageKey, changes, 'sessionStorage')
}
