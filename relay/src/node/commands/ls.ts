import { Argument, Command } from 'commander'
import { isTable } from '../config/schema/table.js'
import { tableOf } from '../screen/print-table.js'
import { type AdminClient, type AdminFlags, adminClient, adminFlag } from './admin-client.js'
import { configFlag } from './config-flag.js'
import { namespaceFlag } from './identity-flags.js'
import { wholeNumberFlag } from './whole-number.js'

interface Flags extends AdminFlags {
  readonly user?: string
  readonly namespace?: string
  readonly limit: number
  readonly json?: boolean
}

const lists = {
  sessions: ['session', 'namespace', 'user', 'role', 'since', 'expires', 'subscriptions', 'requests'],
  subscriptions: ['namespace', 'broker', 'subject', 'group', 'serve', 'sessions'],
} as const

type Kind = keyof typeof lists
type Row = Readonly<Record<string, unknown>>

/** The longest page of the admin port. */
const longestPage = 1000

/** `wildcast ls`: lists the sessions and subscriptions of a running relay, over all its workers. */
export function ls(): Command {
  return new Command('ls')
    .description('list the sessions and subscriptions of a running relay, through its admin port')
    .addArgument(new Argument('[list]', 'only one of the two lists').choices(Object.keys(lists)))
    .addOption(adminFlag())
    .addOption(configFlag())
    .option('--user <name>', 'only the sessions of a user')
    .addOption(namespaceFlag('only the sessions of a namespace'))
    .option('-n, --limit <number>', 'the most rows of a list', wholeNumberFlag(1, 1_000_000), 100)
    .option('-j, --json', 'one JSON object')
    .action(async (only: Kind | undefined, flags: Flags) => {
      const client = await adminClient(flags)
      const kinds: readonly Kind[] = only
        ? [only]
        : (flags.user ?? flags.namespace) === undefined
          ? ['sessions', 'subscriptions']
          : ['sessions']
      const found = await Promise.all(kinds.map(async (kind) => ({ kind, ...(await readList(client, kind, flags)) })))
      const json = Object.fromEntries(found.map(({ kind, rows }) => [kind, rows]))
      process.stdout.write(flags.json ? `${JSON.stringify(json)}\n` : found.map(shown).join('\n'))
    })
}

interface List {
  readonly rows: readonly Row[]
  readonly total: number
}

/** Reads as many pages as the limit needs. */
async function readList(client: AdminClient, kind: Kind, { user, namespace, limit }: Flags): Promise<List> {
  const rows: Row[] = []
  let total = 0
  for (let after: unknown, more = true; more && rows.length < limit; more = after !== undefined) {
    const query = new URLSearchParams({ limit: String(Math.min(longestPage, limit - rows.length)) })
    if (user !== undefined && kind === 'sessions') query.set('user', user)
    if (namespace !== undefined && kind === 'sessions') query.set('namespace', namespace)
    if (typeof after === 'string') query.set('after', after)
    const page = await client.request(`/${kind}?${query}`)
    const items = page[kind]
    if (Array.isArray(items)) rows.push(...items.filter(isTable))
    total = Number(page.total)
    after = page.next
  }
  return { rows, total }
}

function shown({ kind, rows, total }: List & { readonly kind: Kind }): string {
  const hidden = kind === 'sessions' ? total - rows.length : 0
  const more = hidden > 0 ? `… and ${hidden} more; --limit shows them\n` : ''
  const columns = lists[kind].filter((name) => name !== 'namespace' || rows.some((row) => row[name] !== undefined))
  return rows.length === 0 ? `no ${kind}\n` : `${tableOf(columns, rows)}${more}`
}
