import { type JsonValue, WildcastError } from '@wildcast/protocol'
import type { RetainCommand } from '../commands.js'
import { conditionText, contains, jsonOf } from '../filters/json-condition.js'
import type { StoredValue } from '../store.js'

/** A condition for the write of a value. */
export type Condition =
  /** There is no value. */
  | { readonly kind: 'absent' }
  /** The value has this revision. */
  | { readonly kind: 'revision'; readonly revision: string }
  /** The value contains this JSON. */
  | { readonly kind: 'json'; readonly json: JsonValue; readonly text: string }

/**
 * Returns the condition of a publish.
 * @throws {WildcastError} `too_large`; `invalid_frame` if it has two
 */
export function retainCondition({ when, whenRevision }: RetainCommand): Condition | undefined {
  if (when !== undefined && whenRevision !== undefined)
    throw new WildcastError('invalid_frame', '"when" and "when_revision" are two conditions; leave one out')
  if (whenRevision !== undefined) return { kind: 'revision', revision: whenRevision }
  if (when === undefined) return undefined
  return when === null ? { kind: 'absent' } : { kind: 'json', json: when, text: conditionText(when) }
}

/** Returns the condition as a store knows it; undefined if the store can't judge it. */
export function ifRevisionOf(condition: Condition | undefined): string | null | undefined {
  if (condition?.kind === 'absent') return null
  return condition?.kind === 'revision' ? condition.revision : undefined
}

/** A value, or its absence, that conditions are judged by. */
export class JudgedValue {
  /** Undefined: there is no value. */
  readonly revision: string | undefined
  readonly #value: Pick<StoredValue, 'payload'> | undefined
  #json: { readonly value: unknown } | undefined
  /** By the text of a condition: those who wait often have the same. */
  readonly #verdicts: Map<string, boolean> = new Map()

  constructor(value: Pick<StoredValue, 'revision' | 'payload'> | undefined) {
    this.revision = value?.revision
    this.#value = value
  }

  meets(condition: Condition): boolean {
    switch (condition.kind) {
      case 'absent':
        return this.revision === undefined
      case 'revision':
        return this.revision === condition.revision
      case 'json':
        return this.#contains(condition)
    }
  }

  #contains({ json, text }: Condition & { kind: 'json' }): boolean {
    if (!this.#value) return false
    const known = this.#verdicts.get(text)
    if (known !== undefined) return known
    this.#json ??= { value: jsonOf(this.#value.payload) }
    const { value } = this.#json
    const verdict = value !== undefined && contains(value, json)
    this.#verdicts.set(text, verdict)
    return verdict
  }
}
