import { type Pattern, parsePattern, WildcastError } from '@wildcast/protocol'
import * as v from 'valibot'
import type { BridgeConfig } from '../config.js'
import { nearest } from '../nearest.js'
import { shown } from '../path.js'
import { type Reads, table } from './table.js'
import { text } from './values.js'

/** `[[bridge]] from = "sensors:temp.**", to = "main"` */
export function bridge(brokers: readonly string[]): Reads<BridgeConfig> {
  return v.pipe(
    table({ from: source(brokers), to: brokerName(brokers) }, { from: '"sensors:temp.**"', to: '"main"' }),
    v.check(({ from, to }) => from.broker !== to, '{it} leads from a broker to itself; name another in "to"'),
    v.transform(({ from, to }) => ({ from, to: { broker: to } })),
  )
}

/** The name of a configured broker. */
export function brokerName(brokers: readonly string[]): Reads<string> {
  return v.pipe(
    text,
    v.check(
      (name) => brokers.includes(name),
      ({ input }) => unknownBroker(input, brokers),
    ),
  )
}

function source(brokers: readonly string[]): Reads<BridgeConfig['from']> {
  return v.pipe(
    text,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const [, broker, pattern] = /^([^:]*):(.*)$/s.exec(dataset.value) ?? []
      const refuse = (message: string): never => {
        addIssue({ message })
        return NEVER
      }
      if (broker === undefined || pattern === undefined)
        return refuse('{it} must be a broker and a pattern, such as "sensors:temp.**"')
      if (!brokers.includes(broker)) return refuse(unknownBroker(broker, brokers))
      const parsed = patternOf(pattern)
      return parsed instanceof WildcastError
        ? refuse(`{it} has no valid pattern: ${parsed.message}`)
        : { broker, pattern: parsed }
    }),
  )
}

function patternOf(text: string): Pattern | WildcastError {
  try {
    return parsePattern(text)
  } catch (cause) {
    return WildcastError.from(cause)
  }
}

function unknownBroker(name: string, brokers: readonly string[]): string {
  const meant = nearest(name, brokers)
  if (meant !== undefined) return `{it} names a broker that does not exist; did you mean "${shown(meant)}"?`
  return `{it} names a broker that does not exist; there are: ${brokers.map(shown).join(', ') || 'none'}`
}
