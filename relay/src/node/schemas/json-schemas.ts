import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import {
  type Contract,
  type ContractEntry,
  type ContractKind,
  type ContractSchema,
  contractKinds,
} from '@wildcast/contract'

/** A JSON schema of draft 7, which AsyncAPI 3 reads by default. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The schema of one kind of data at an entry. */
export interface KindSchema {
  readonly entry: ContractEntry
  readonly kind: ContractKind
  /** Undefined if the schema has no form as JSON schema: then any data is stated. */
  readonly schema: JsonSchema | undefined
}

/** The extension of Standard Schema, which zod and arktype have. */
interface WithJsonSchema {
  readonly jsonSchema?: { input?(options: { readonly target: 'draft-07' }): JsonSchema } | undefined
}

type Convert = (schema: ContractSchema<unknown, unknown>) => JsonSchema

/**
 * Returns the JSON schemas of a contract, for the data as it is published.
 * @param file - the module of the contract, beside which the converter of valibot is searched
 * @param warn - gets a sentence for each schema that has no JSON schema
 */
export async function jsonSchemasOf(
  { entries }: Contract,
  file: string,
  warn: (sentence: string) => void,
): Promise<readonly KindSchema[]> {
  const ofValibot = await converterOfValibot(file)
  return entries.flatMap((entry) =>
    contractKinds.flatMap((kind): readonly KindSchema[] => {
      const given = entry[kind]
      if (!given) return []
      try {
        return [{ entry, kind, schema: convert(given, ofValibot) }]
      } catch (cause) {
        const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
        warn(`the ${kind} of the entry "${entry.key}" is stated as any data: ${why}`)
        return [{ entry, kind, schema: undefined }]
      }
    }),
  )
}

function convert(given: ContractSchema<unknown, unknown>, ofValibot: Convert | undefined): JsonSchema {
  const standard: WithJsonSchema & { readonly vendor: string } = given['~standard']
  const { vendor, jsonSchema } = standard
  if (jsonSchema?.input) return withoutDialect(jsonSchema.input({ target: 'draft-07' }))
  if (vendor === 'valibot' && ofValibot) return withoutDialect(ofValibot(given))
  if (vendor === 'valibot') throw new Error('@valibot/to-json-schema is not installed beside the contract')
  if (vendor === 'wildcast') throw new Error('type<T>() has no form at run time')
  throw new Error(`schemas of "${vendor}" have no JSON schema`)
}

function withoutDialect({ $schema: _, ...schema }: JsonSchema): JsonSchema {
  return schema
}

/** The converter that the project of the contract has installed. */
async function converterOfValibot(file: string): Promise<Convert | undefined> {
  try {
    const { href } = pathToFileURL(createRequire(file).resolve('@valibot/to-json-schema'))
    const { toJsonSchema } = (await import(href)) as {
      readonly toJsonSchema: (schema: unknown, options: { readonly typeMode: 'input' }) => JsonSchema
    }
    return (schema) => toJsonSchema(schema, { typeMode: 'input' })
  } catch {
    return undefined // it is not installed
  }
}
