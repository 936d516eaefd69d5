import { type Pattern, parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import * as v from 'valibot'
import type { ComponentSubscription } from '../../../components/subscription.js'
import type { RuleSet } from '../../../core/access/rules.js'
import type { ComponentConfig } from '../config.js'
import { meant } from '../nearest.js'
import { brokerName } from './bridge.js'
import type { Context } from './context.js'
import { defined } from './defined.js'
import { isTable, keyIn, optional, type Reads, table } from './table.js'
import { text, wholeNumber } from './values.js'

/** Keys of the original that have no meaning here. */
const foreign = [
  'allowed_http_hosts',
  'build',
  'files',
  'description',
  'environment',
  'key_value_stores',
  'exclude_files',
]

/** The trigger of a component, and the destination of its outputs. */
interface Triggered {
  readonly subscription: ComponentSubscription
  readonly result?: { readonly default_broker?: string; readonly default_subject?: string } | undefined
}

/**
 * A component that may name no broker, and is then triggered by the default one. Its role is a
 * name.
 */
export type WrittenComponent = Omit<ComponentConfig, 'broker' | 'role'> & {
  readonly broker?: string
  readonly role?: string
}

/** `[[component]]`, with the original's keys and some of Wildcast's own. */
function component(context: Context): Reads<WrittenComponent> {
  const trigger = table(
    { broker: optional(brokerName(context.brokers)), subscription: subscription(context) },
    { subscription: '{ Topic = { topic = "hello.*" } }' },
  )
  const shape = table(
    {
      id: componentId,
      source: moduleFile(context),
      trigger,
      role: optional(text),
      config: optional(variables),
      timeout: optional(wholeNumber(1, 3_600_000, 'milliseconds')),
      memory: optional(wholeNumber(8, 65_536, 'megabytes')),
      concurrency: optional(wholeNumber(1, 10_000)),
    },
    { id: '"hello"', source: '"components/hello.js"', trigger: '[component.trigger]' },
  )
  return v.pipe(
    v.unknown(),
    v.transform(withoutForeign),
    shape,
    v.transform(
      ({ id, source, trigger: { broker, subscription: what }, ...more }): WrittenComponent =>
        defined({
          id,
          source,
          broker,
          subscription: what.subscription,
          result: defined({ broker: what.result?.default_broker, subject: what.result?.default_subject }),
          role: more.role,
          config: more.config ?? {},
          timeoutMs: more.timeout ?? 10_000,
          memoryMb: more.memory ?? 128,
          concurrency: more.concurrency,
        }),
    ),
  )
}

/** The trigger of a component: one of three tables. */
function subscription(context: Context): Reads<Triggered> {
  const result = optional(
    table({ default_broker: optional(brokerName(context.brokers)), default_subject: optional(subject) }),
  )
  return oneOf<Triggered>({
    Topic: v.pipe(
      table({ topic: pattern, result }, { topic: '"hello.*"' }),
      v.transform(({ topic, result: to }) => ({ subscription: { kind: 'topic' as const, topic }, result: to })),
    ),
    Queue: v.pipe(
      table({ topic: pattern, group: subject, result }, { topic: '"job.*"', group: '"workers"' }),
      v.transform(({ topic, group, result: to }) => ({
        subscription: { kind: 'queue' as const, topic, group },
        result: to,
      })),
    ),
    Request: v.pipe(
      table({ path: requestPath, method: optional(method) }, { path: '"hello/*"' }),
      v.transform(({ path, method: by = '*' }) => ({
        subscription: { kind: 'request' as const, path, method: by },
      })),
    ),
  })
}

/** All components, with unique ids. */
export function components(context: Context): Reads<readonly WrittenComponent[]> {
  return v.pipe(
    v.array(component(context), '{it} must be a list of tables: write [[component]]'),
    distinct<WrittenComponent[]>(),
  )
}

/** The id of a component in a spin.toml that is not a module of JavaScript or TypeScript. */
export interface Skipped {
  readonly skipped: string
}

/** All components of a spin.toml, including those that are not Wildcast's. */
export function spinComponents(context: Context): Reads<readonly (WrittenComponent | Skipped)[]> {
  const ours = v.pipe(component(context), withoutRole)
  const skipped = v.pipe(
    v.unknown(),
    v.transform((item): Skipped => ({ skipped: isTable(item) ? String(item.id) : 'without an id' })),
  )
  const list = v.pipe(
    v.array(v.lazy((item): Reads<WrittenComponent | Skipped> => (isModule(item) ? ours : skipped))),
    distinct<(WrittenComponent | Skipped)[]>(),
  )
  const named = v.pipe(
    v.unknown(),
    v.transform((table) => Object.keys(Object(table)).map((id): Skipped => ({ skipped: id }))),
  )
  return v.lazy((input): Reads<readonly (WrittenComponent | Skipped)[]> => (Array.isArray(input) ? list : named))
}

/** The original's form has no roles. */
const withoutRole = v.rawCheck<WrittenComponent>(({ dataset, addIssue }) => {
  if (dataset.typed && dataset.value.role !== undefined)
    addIssue({
      message: '{it} names a role, which a configuration with [trigger] has not; remove it',
      path: [keyIn(dataset.value, 'role')],
    })
})

const moduleName = /\.[cm]?[jt]s$/

function isModule(item: unknown): boolean {
  return isTable(item) && typeof item.source === 'string' && moduleName.test(item.source)
}

function distinct<Input extends readonly (WrittenComponent | Skipped)[]>(): v.RawCheckAction<Input> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const ids = dataset.value.map((one) => ('id' in one ? one.id : undefined))
    ids.forEach((id, i) => {
      if (id === undefined || ids.indexOf(id) === i) return
      const path = { type: 'array' as const, origin: 'value' as const, input: [...dataset.value], key: i, value: id }
      addIssue({ message: `{it} has the id of another component, "${id}"; give it one of its own`, path: [path] })
    })
  })
}

/** Components without a broker get this one; those with a role get its rules. */
export function triggeredBy(
  broker: string,
  written: readonly WrittenComponent[],
  roles: Readonly<Record<string, RuleSet>> = {},
): readonly ComponentConfig[] {
  return written.map(({ role, ...component }) => ({
    broker,
    ...component,
    ...(role !== undefined && { role: { name: `role "${role}"`, rules: roles[role] ?? {} } }),
  }))
}

const componentId: Reads<string> = v.pipe(
  text,
  v.regex(/^[A-Za-z][\w-]{0,63}$/, '{it} must be a letter, then letters, digits, "-" or "_"'),
)

const pattern: Reads<Pattern> = parsed(parsePattern)
const subject: Reads<string> = parsed(parseSubject)

const requestPath: Reads<string> = v.pipe(
  text,
  v.check(
    (path) => /^\/?(?:[^\s/>#+?*]+|\*\*?)(?:\/(?:[^\s/>#+?*]+|\*\*?))*$/.test(path),
    '{it} must be a path such as "test/*/hello"; "*" matches one segment',
  ),
)

const method: Reads<string> = v.pipe(
  text,
  v.transform((name) => name.toUpperCase()),
  v.regex(/^(?:[A-Z]+|\*)$/, '{it} must be a method such as "POST", or "*"'),
)

/** Named variables. Numbers and booleans become text. */
const variables: Reads<Readonly<Record<string, string>>> = v.record(
  v.string(),
  v.pipe(
    v.union([v.string(), v.number(), v.boolean()], '{it} must be text, a number, or true or false'),
    v.transform(String),
  ),
  '{it} must be a table of keys and values',
) as Reads<Readonly<Record<string, string>>>

/** The file of a module, read as its absolute path. */
export function moduleFile({ resolve, isFile }: Context): Reads<string> {
  return v.pipe(
    text,
    v.check((name) => moduleName.test(name), '{it} must name a module of JavaScript or TypeScript'),
    v.check(isFile, '{it} names a file that does not exist; create it or correct the path'),
    v.transform(resolve),
  )
}

function parsed<Output>(parse: (text: string) => Output): Reads<Output> {
  return v.pipe(
    text,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(dataset.value)
      } catch (cause) {
        addIssue({ message: `{it}: ${WildcastError.from(cause).message}` })
        return NEVER
      }
    }),
  )
}

/** A table with exactly one of several keys. */
function oneOf<Output>(kinds: Readonly<Record<string, Reads<Output>>>): Reads<Output> {
  const names = Object.keys(kinds)
  const refuse = v.pipe(
    v.unknown(),
    v.rawCheck(({ dataset, addIssue }) => {
      const keys = isTable(dataset.value) ? Object.keys(dataset.value) : []
      const unknown = keys.find((key) => !names.includes(key))
      if (unknown === undefined) addIssue({ message: `{it} must hold one of ${names.join(', ')}` })
      else
        addIssue({
          message: `unknown key {it}; allowed: ${names.join(', ')}${meant(unknown, names)}`,
          path: [keyIn(dataset.value, unknown)],
        })
    }),
  )
  return v.lazy((input) => {
    const keys = isTable(input) ? Object.keys(input) : []
    const [only] = keys
    const kind = keys.length === 1 && only !== undefined && Object.hasOwn(kinds, only) ? kinds[only] : undefined
    if (only === undefined || !kind) return refuse
    return v.pipe(
      v.strictObject({ [only]: kind }),
      v.transform((value) => value[only] as Output),
    )
  }) as Reads<Output>
}

function withoutForeign(input: unknown): unknown {
  if (!isTable(input)) return input
  return Object.fromEntries(Object.entries(input).filter(([key]) => !foreign.includes(key)))
}
