import path from 'node:path'
import { Command } from 'commander'
import { readConfig } from '../config/read-config.js'
import { loadContract } from '../load-contract.js'
import { asyncApiOf } from '../schemas/asyncapi.js'
import { contractChanges, lineOf } from '../schemas/contract-changes.js'
import { jsonSchemasOf, type KindSchema } from '../schemas/json-schemas.js'
import { type ConfigFlag, configFlag, configOf, note } from './config-flag.js'

interface Flags extends ConfigFlag {
  readonly asyncapi?: boolean
  readonly jsonSchema?: boolean
}

/** `wildcast contract`: describes a contract for other tools, or compares two. */
export function contractCommand(): Command {
  return new Command('contract')
    .description('describe the contract of a configuration, or of a module, as AsyncAPI or JSON schema')
    .argument('[file]', 'a module that exports a contract (default: that of the configuration)')
    .addOption(configFlag())
    .option('--asyncapi', 'print a document of AsyncAPI 3.0, as JSON')
    .option('--json-schema', 'print the JSON schemas by entry and kind')
    .action(async (file: string | undefined, { asyncapi, jsonSchema, ...flags }: Flags, command: Command) => {
      if (asyncapi === jsonSchema) command.error('give --asyncapi or --json-schema, or the subcommand diff')
      const schemas = await schemasOf(file ?? (await fileOf(flags)))
      print(asyncapi ? asyncApiOf(path.basename(process.cwd()), schemas) : byEntry(schemas))
    })
    .addCommand(diff())
}

function diff(): Command {
  return new Command('diff')
    .description('list what differs between two contracts, and whom it breaks; exits with 1 if it breaks a client')
    .argument('<old>', 'the module with the contract until now')
    .argument('[new]', 'the module with the new one (default: that of the configuration)')
    .addOption(configFlag())
    .option('--json', 'print a list of changes as JSON')
    .action(
      async (old: string, now: string | undefined, { json, ...flags }: ConfigFlag & { readonly json?: boolean }) => {
        const [before, after] = [await schemasOf(old), await schemasOf(now ?? (await fileOf(flags)))]
        const changes = contractChanges(before, after)
        if (json) print(changes)
        else for (const change of changes) process.stdout.write(`${lineOf(change)}\n`)
        if (changes.some(({ breaks }) => breaks.length > 0)) process.exitCode = 1
      },
    )
}

async function fileOf(flags: ConfigFlag): Promise<string> {
  const name = configOf(flags)
  const { contract } = await readConfig(name)
  if (!contract) throw new Error(`${name} names no contract; add contract = "contract.ts", or name the module`)
  return contract.file
}

async function schemasOf(file: string): Promise<readonly KindSchema[]> {
  const module = path.resolve(file)
  return jsonSchemasOf(await loadContract(module), module, (sentence) => note([sentence]))
}

function byEntry(schemas: readonly KindSchema[]): Readonly<Record<string, object>> {
  const keys = [...new Set(schemas.map(({ entry }) => entry.key))]
  const kindsOf = (key: string): object =>
    Object.fromEntries(schemas.filter(({ entry }) => entry.key === key).map(({ kind, schema }) => [kind, schema ?? {}]))
  return Object.fromEntries(keys.map((key) => [key, kindsOf(key)]))
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}
