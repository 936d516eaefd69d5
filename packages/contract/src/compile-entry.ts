import { isSubject } from '@wildcast/protocol/subjects'
import type { ContractEntry } from './contract-entry.js'
import { contractKinds, type EntryDefinition, type EntryOptions } from './definition.js'
import { parseTemplate, type SubjectTemplate } from './template.js'

/** The valid values of each option in words, and the test for them. */
const options: {
  readonly [Option in keyof EntryOptions]-?: readonly [must: string, isValid: (value: unknown) => boolean]
} = {
  broker: ['the name of a broker', (value) => typeof value === 'string' && value !== ''],
  codec: ['"json", "text" or "bytes"', (value) => ['json', 'text', 'bytes'].includes(String(value))],
  deliver: ['"all" or "latest"', (value) => ['all', 'latest'].includes(String(value))],
  maxRate: ['a number above 0', (value) => typeof value === 'number' && value > 0],
  history: ['such as { messages: 50, age: "24h" }', isEntryHistory],
  retained: ['true or false', (value) => typeof value === 'boolean'],
}

/**
 * Checks that a contract has entries at all, before each is checked.
 * @throws {TypeError} which names the remedy
 */
export function demandEntries(given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSchema(given))
    throw new TypeError(
      "a contract is an object with an entry for each pattern, such as defineContract({ 'good.*': { message: Good } })",
    )
}

/**
 * Checks an entry, and parses its pattern.
 * @throws {TypeError} which names the entry and the remedy
 */
export function compileEntry(key: string, definition: EntryDefinition): ContractEntry {
  const refuse = (fault: string): TypeError => new TypeError(`the contract's entry "${key}" ${fault}`)
  if (isSchema(definition)) throw refuse('is a schema; write the kind of data before it, such as { message: Good }')
  if (typeof definition !== 'object' || definition === null)
    throw refuse('must be an object with schemas, such as { message: Good }')
  const fault = faultOfFields(definition)
  if (fault !== undefined) throw refuse(fault)
  return { ...definition, ...templateOf(key, refuse), key }
}

function templateOf(key: string, refuse: (fault: string) => TypeError): SubjectTemplate {
  try {
    return parseTemplate(key)
  } catch (cause) {
    throw refuse(`is invalid: ${cause instanceof Error ? cause.message : ''}`)
  }
}

function faultOfFields(definition: EntryDefinition): string | undefined {
  for (const [field, value] of Object.entries(definition)) {
    const fault = value === undefined ? undefined : faultOfField(field, value)
    if (fault !== undefined) return fault
  }
  const { request, reply } = definition
  if (!request !== !reply)
    return request ? 'has a request, but no reply; add one' : 'has a reply, but no request; add one'
  if (!contractKinds.some((kind) => definition[kind]))
    return 'declares no data; give it a schema, such as { message: Good }'
  return undefined
}

function faultOfField(field: string, value: unknown): string | undefined {
  const option = Object.hasOwn(options, field) ? options[field as keyof EntryOptions] : undefined
  if (option) return option[1](value) ? undefined : `has an invalid ${field}: it must be ${option[0]}`
  if (!contractKinds.some((kind) => kind === field))
    return `has the unknown field "${field}"; the fields are ${[...contractKinds, ...Object.keys(options)].join(', ')}`
  if (!isSchema(value)) return `has a ${field} that is not a Standard Schema; use zod 4, valibot, arktype or type<T>()`
  return undefined
}

/** Anything may be given: `Object` makes an object of it, and keeps the functions of arktype. */
function isSchema(value: unknown): boolean {
  const { '~standard': standard }: { readonly '~standard'?: unknown } = Object(value)
  const { version, validate }: { readonly version?: unknown; readonly validate?: unknown } = Object(standard)
  return version === 1 && typeof validate === 'function'
}

function isEntryHistory(value: unknown): boolean {
  const { messages = 1, age = '1d', ...others }: Readonly<Record<string, unknown>> = Object(value)
  const isValid = Number.isInteger(messages) && Number(messages) > 0 && /^\d+(\.\d+)?[smhd]$/.test(String(age))
  return typeof value === 'object' && value !== null && isValid && Object.keys(others).length === 0
}

/**
 * Returns the key of an entry behind a prefix; an empty key is the prefix itself.
 * @throws {TypeError} if the prefix is not a subject
 */
export function prefixed(key: string, prefix: string | undefined): string {
  if (prefix === undefined) return key
  if (!isSubject(prefix) || /[{}]/.test(prefix))
    throw new TypeError(`the prefix "${prefix}" of a contract must be a subject without wildcards, such as "hello"`)
  return key === '' ? prefix : `${prefix}.${key}`
}
