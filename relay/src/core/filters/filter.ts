import type { JsonValue, Payload } from '@wildcast/protocol'
import { conditionTest, conditionText, jsonOf } from './json-condition.js'

/** The limits of filters. */
export const filterLimits = {
  /** Filters of a session. */
  session: 32,
  /** Distinct filters of a pattern, of all sessions. */
  pattern: 1000,
} as const

/** The remedy for too many filters. */
export const withoutFilter = 'subscribe to a narrower pattern instead, or select the messages in the client'

/** A condition on payloads, in the language of `when`. */
export class Filter {
  /** Equal for filters that match the same payloads. */
  readonly key: string
  /** In normal form: members in order, numbers as text. */
  readonly condition: JsonValue
  readonly #test: (value: unknown) => boolean

  /** @param condition - in normal form */
  constructor(condition: JsonValue) {
    this.condition = condition
    this.key = JSON.stringify(condition)
    this.#test = conditionTest(condition)
  }

  /** Whether a payload is JSON that contains the condition. */
  matches(payload: Payload): boolean {
    return this.matchesJson(jsonOf(payload))
  }

  /** The same for a payload that was parsed with `jsonOf`. */
  matchesJson(json: unknown): boolean {
    return json !== undefined && this.#test(json)
  }
}

/**
 * Returns the filter that a client asks for.
 * @throws {WildcastError} `too_large`
 */
export function parseFilter(json: JsonValue): Filter {
  conditionText(json, 'filter')
  return new Filter(normalOf(json))
}

/** Equal for conditions that hold for the same values. A number equals the text of it. */
function normalOf(json: JsonValue): JsonValue {
  if (typeof json === 'number') return JSON.stringify(json)
  if (typeof json !== 'object' || json === null) return json
  if (isArray(json)) return json.map(normalOf)
  const members = Object.entries(json).map(([name, part]): [string, JsonValue] => [name, normalOf(part)])
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isArray(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json)
}
