import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from './json-schemas.js'

/** A difference of two schemas. */
export interface SchemaChange {
  /** The path to the changed part; empty for the whole. */
  readonly path: string
  /** `stricter`: data that did fit no longer does. `wider`: data fits that did not. */
  readonly change: 'stricter' | 'wider'
  readonly text: string
}

/** Limits by keyword: whether a greater one is stricter. */
const limits: Readonly<Record<string, boolean>> = {
  ...{ minimum: true, exclusiveMinimum: true, minLength: true, minItems: true, minProperties: true },
  ...{ maximum: false, exclusiveMaximum: false, maxLength: false, maxItems: false, maxProperties: false },
}

/** Keywords that do not limit the data. */
const notes = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated', 'readOnly']

/** Keywords that are compared part by part. */
const compared = ['type', 'const', 'enum', 'properties', 'required', 'additionalProperties', 'items', 'anyOf', 'oneOf']

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** Returns the differences of two schemas. A part that can't be compared is stricter and wider. */
export function schemaChanges(before: JsonSchema, after: JsonSchema, path = ''): readonly SchemaChange[] {
  if (isDeepStrictEqual(before, after)) return []
  const others = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (keyword) => !compared.includes(keyword) && !notes.includes(keyword) && !(keyword in limits),
  )
  return [
    ...choiceChanges('types', typesOf(before), typesOf(after), path),
    ...choiceChanges('values', valuesOf(before), valuesOf(after), path),
    ...choiceChanges('alternatives', variantsOf(before), variantsOf(after), path),
    ...limitChanges(before, after, path),
    ...objectChanges(before, after, path),
    ...(isSchema(before.items) && isSchema(after.items)
      ? schemaChanges(before.items, after.items, join(path, '*'))
      : keywordChanges('items', before, after, path)),
    ...others.flatMap((keyword) => keywordChanges(keyword, before, after, path)),
  ]
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
const both = (path: string, text: string): readonly SchemaChange[] => [
  { path, change: 'stricter', text },
  { path, change: 'wider', text },
]

/** Undefined: any. An integer is a number, too. */
function typesOf({ type }: JsonSchema): readonly unknown[] | undefined {
  if (type === undefined) return undefined
  return listOf(type).flatMap((one) => (one === 'number' ? ['number', 'integer'] : [one]))
}

function valuesOf({ const: one, enum: several }: JsonSchema): readonly unknown[] | undefined {
  return one === undefined ? (Array.isArray(several) ? several : undefined) : [one]
}

function variantsOf({ anyOf, oneOf }: JsonSchema): readonly unknown[] | undefined {
  return Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : undefined
}

function choiceChanges(
  what: string,
  before: readonly unknown[] | undefined,
  after: readonly unknown[] | undefined,
  path: string,
): readonly SchemaChange[] {
  const lacks = (some: readonly unknown[] | undefined, all: readonly unknown[] | undefined): boolean =>
    all !== undefined && (!some || some.some((one) => !all.some((other) => isDeepStrictEqual(one, other))))
  return [
    ...(lacks(before, after) ? [{ path, change: 'stricter', text: `has fewer ${what}` } as const] : []),
    ...(lacks(after, before) ? [{ path, change: 'wider', text: `has more ${what}` } as const] : []),
  ]
}

function limitChanges(before: JsonSchema, after: JsonSchema, path: string): readonly SchemaChange[] {
  return Object.entries(limits).flatMap(([keyword, isLower]): readonly SchemaChange[] => {
    const [old, now] = [before[keyword], after[keyword]]
    if (old === now) return []
    const usual = isLower ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    const grows = Number(now ?? usual) > Number(old ?? usual)
    const text = now === undefined ? `has no ${keyword} now` : `has the ${keyword} ${now} now`
    return [{ path, change: grows === isLower ? 'stricter' : 'wider', text }]
  })
}

function objectChanges(before: JsonSchema, after: JsonSchema, path: string): readonly SchemaChange[] {
  const [old, now] = [propertiesOf(before), propertiesOf(after)]
  const wasNeeded = listOf(before.required ?? [])
  const isNeeded = listOf(after.required ?? [])
  const required = [...new Set([...wasNeeded, ...isNeeded])].map(String)
  return [
    ...required.flatMap((name): readonly SchemaChange[] => {
      if (wasNeeded.includes(name) && isNeeded.includes(name)) return []
      const isAdded = isNeeded.includes(name)
      const text = isAdded ? 'is required now' : 'may be missing now'
      return [{ path: join(path, name), change: isAdded ? 'stricter' : 'wider', text }]
    }),
    ...[...now].flatMap(([name, schema]) => {
      const present = old.get(name)
      return present ? schemaChanges(present, schema, join(path, name)) : []
    }),
    ...[...old.keys()].flatMap((name): readonly SchemaChange[] =>
      now.has(name) || after.additionalProperties !== false
        ? []
        : [{ path: join(path, name), change: 'stricter', text: 'is refused now' }],
    ),
    ...openness(before.additionalProperties, after.additionalProperties, path),
  ]
}

function propertiesOf({ properties }: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return new Map(
    isSchema(properties) ? Object.entries(properties).filter(([, one]) => isSchema(one)) : [],
  ) as ReadonlyMap<string, JsonSchema>
}

function openness(before: unknown = true, after: unknown = true, path: string): readonly SchemaChange[] {
  if (isDeepStrictEqual(before, after)) return []
  if (isSchema(before) && isSchema(after)) return schemaChanges(before, after, join(path, '*'))
  if (before === false) return [{ path, change: 'wider', text: 'may have other members now' }]
  if (after === false) return [{ path, change: 'stricter', text: 'may have no other members now' }]
  const isStricter = before === true
  return [{ path, change: isStricter ? 'stricter' : 'wider', text: 'has another schema for other members' }]
}

function keywordChanges(keyword: string, before: JsonSchema, after: JsonSchema, path: string): readonly SchemaChange[] {
  if (isDeepStrictEqual(before[keyword], after[keyword])) return []
  if (before[keyword] === undefined) return [{ path, change: 'stricter', text: `has "${keyword}" now` }]
  if (after[keyword] === undefined) return [{ path, change: 'wider', text: `has no "${keyword}" now` }]
  return both(path, `has another "${keyword}"`)
}
