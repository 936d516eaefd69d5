import { type Payload, payloadBytes, strictUtf8, WildcastError } from '@wildcast/protocol/client'
import { capture, type Pattern, type Subject } from '@wildcast/protocol/subjects'
import type { ContractKind, EntryOptions } from '../definition.js'
import { checkPayload } from './check-payload.js'
import type { ClientGuard, GuardSettings } from './client-guard.js'
import type { PayloadSource } from './decode-payload.js'
import { defaultCheck } from './default-check.js'
import { type EntryFinder, entriesWith, entryFor } from './entry-finder.js'
import { guardEngine } from './guard-engine.js'
import { guardVerbs } from './guard-verbs.js'
import type { GuardedMessage, GuardedOptions } from './guarded-parts.js'
import { namedParams, namesOf, withoutNames } from './named-params.js'
import { define, judge, setData } from './received-data.js'
import { writePayload } from './write-payload.js'

/**
 * Opens the guard of a client.
 * @throws {TypeError} if `check` is unknown
 */
export function openGuard(finder: EntryFinder, settings: GuardSettings): ClientGuard {
  const { check = defaultCheck() } = settings
  const fault = (error: WildcastError): void => settings.fault(error, 'contract')
  if (check !== 'throw' && check !== 'report' && check !== 'off')
    throw new TypeError('check must be "throw", "report" or "off"')
  const judged = { finder, check, fault }

  const encode = (kind: ContractKind, subject: string, data: unknown): Payload => {
    if (namesOf(subject).length > 0) throw templateError(subject)
    const found = entriesWith(finder, kind, subject)
    const payload = writePayload(found[0]?.entry, data)
    for (const one of check === 'off' ? [] : found) {
      const { refusal } = judge(() => checkPayload({ ...one, subject, source: sourceOf(payload) }))
      if (!refusal) continue
      // A wrong answer is a fault of the responder, who would not learn of it from the promise.
      if (check === 'report' || kind === 'reply') fault(refusal)
      if (check === 'throw') throw refusal.cause instanceof TypeError ? refusal.cause : refusal
    }
    return payload
  }

  const guard: ClientGuard = {
    contract: finder,
    broker: (kind, text, given) => brokerOf(finder, { kind, text, given, other: settings.broker }),
    options: (pattern, given) => optionsOf(finder, pattern, given),
    encode,
    admit(message, template, kind) {
      nameParams(message, template)
      const refusal = setData(judged, message, kind)
      if (!refusal) {
        if (message.respond && entryFor(finder, 'reply', message.subject)) checkAnswers(message, encode)
        return true
      }
      fault(refusal)
      const { code, message: reason } = refusal
      // If the refusal is lost, the request ends with its timeout.
      if (kind === 'request') void message.respond?.(undefined, { error: { code, message: reason } }).catch(() => {})
      return false
    },
    demand(message, kind) {
      const refusal = setData(judged, message, kind)
      if (refusal) throw refusal
    },
    engine: (parts) => guardEngine(parts, guard),
    verbs: (verbs, home) => guardVerbs(verbs, guard, home),
  }
  return guard
}

interface BrokerQuestion {
  readonly kind: ContractKind
  readonly text: string
  readonly given: string | undefined
  /** The broker of a subject whose entry has none. */
  readonly other: string | undefined
}

function brokerOf(finder: EntryFinder, { kind, text, given, other }: BrokerQuestion): string | undefined {
  namesOf(text) // also checks them
  if (given !== undefined) return given
  const entries = entriesWith(finder, kind, text)
  if (entries.length === 0) return other
  const [broker, ...others] = new Set(entries.map(({ entry }) => entry.broker ?? other))
  if (others.length === 0) return broker
  const names = [broker, ...others].map((name) => name ?? 'the default one').join(', ')
  throw new TypeError(`the contract has entries for "${text}" on different brokers (${names}): give { broker }`)
}

function optionsOf<Options extends GuardedOptions>(finder: EntryFinder, pattern: string, given: Options): Options {
  const { group, after, last, deliver, maxRate, retained } = given
  if (group !== undefined) return given // a group has no policy, and no values
  const entries = entriesWith(finder, 'message', pattern)
  const agreed = <Option extends keyof EntryOptions>(option: Option): EntryOptions[Option] => {
    const [first, ...others] = new Set(entries.map(({ entry }) => entry[option]))
    return others.length === 0 ? first : undefined
  }
  const hasPolicy = deliver !== undefined || maxRate !== undefined
  const policy = hasPolicy ? {} : { deliver: agreed('deliver'), maxRate: agreed('maxRate') }
  const isPlain = retained === undefined && after === undefined && last === undefined
  return { ...given, ...policy, retained: isPlain ? agreed('retained') : retained }
}

/** Gives a message the params of a template by name. */
function nameParams(message: GuardedMessage, template: string): void {
  const names = namesOf(template)
  if (names.length === 0) return
  const pattern = withoutNames(template)
  Object.assign(message, { pattern })
  define(message, 'params', () => namedParams(names, capture(pattern as Pattern, message.subject as Subject) ?? []))
}

function checkAnswers(message: GuardedMessage, encode: ClientGuard['encode']): void {
  const { respond } = message
  let hasParts = false
  define(message, 'respond', () => async (data: unknown, options?: Parameters<NonNullable<typeof respond>>[1]) => {
    // A generator that ends without a value ends its answer with an empty part.
    const isEnd = hasParts && !options?.more && data === undefined
    hasParts ||= options?.more === true
    return respond?.(options?.error || isEnd ? data : encode('reply', message.subject, data), options)
  })
}

function templateError(subject: string): WildcastError {
  return new WildcastError(
    'invalid_subject',
    `"${subject}" is a template: build a subject with subject("${subject}", { … }) of the contract`,
  )
}

function sourceOf(payload: Payload): PayloadSource {
  return {
    text: () => (typeof payload === 'string' ? payload : strictUtf8.decode(payload)),
    get bytes() {
      return payloadBytes(payload)
    },
  }
}
