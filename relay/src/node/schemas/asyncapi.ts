import type { ContractEntry, ContractKind } from '@wildcast/contract'
import type { JsonSchema, KindSchema } from './json-schemas.js'

/** A document of AsyncAPI 3.0. */
export type AsyncApi = Readonly<Record<string, unknown>>

type Named = Record<string, unknown>

/** The actions of a client by the kind of data. A subscriber receives what others send. */
const actions: Readonly<Record<ContractKind, readonly ('send' | 'receive')[]>> = {
  message: ['send', 'receive'],
  value: ['send', 'receive'],
  request: ['send'],
  reply: [],
  presence: ['send', 'receive'],
}

/** Describes a contract as AsyncAPI: a channel for each entry, and the operations of a client. */
export function asyncApiOf(title: string, schemas: readonly KindSchema[]): AsyncApi {
  const channels: Named = {}
  const operations: Named = {}
  const ids = new Map<ContractEntry, string>()
  for (const { entry } of schemas) if (!ids.has(entry)) ids.set(entry, idOf(entry, [...ids.values()]))
  for (const [entry, id] of ids) {
    const own = schemas.filter((one) => one.entry === entry)
    channels[id] = channelOf(
      entry,
      own.filter(({ kind }) => kind !== 'reply'),
    )
    const reply = own.find(({ kind }) => kind === 'reply')
    if (reply) channels[`${id}-reply`] = { address: null, messages: { reply: messageOf(reply) } }
    for (const { kind } of own)
      for (const action of actions[kind]) operations[`${action}-${kind}-${id}`] = operationOf(id, kind, action)
  }
  const info = { title, version: '1.0.0', description: 'Made by wildcast contract --asyncapi.' }
  return { asyncapi: '3.0.0', info, defaultContentType: 'application/json', channels, operations }
}

/** An id of letters, digits, "_" and "-" that no other entry has. */
function idOf({ key }: ContractEntry, others: readonly string[]): string {
  const plain = key
    .replace(/\*\*|>/g, 'any')
    .replace(/\*/g, 'one')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-|-$/g, '')
  for (let n = 1; ; n++) {
    const id = n === 1 ? plain || 'entry' : `${plain || 'entry'}-${n}`
    if (!others.includes(id)) return id
  }
}

function channelOf({ key, pattern, names }: ContractEntry, schemas: readonly KindSchema[]): Named {
  const parameters: Named = {}
  let next = 0
  const address = pattern.split('.').map((segment) => {
    if (!segment.startsWith('*')) return segment
    const name = names[next] ?? `segment${next + 1}`
    next++
    parameters[name] = { description: segment === '*' ? 'one segment' : 'any number of segments, with dots between' }
    return `{${name}}`
  })
  return {
    address: address.join('.'),
    ...(next > 0 && { parameters }),
    messages: Object.fromEntries(schemas.map((one) => [one.kind, messageOf(one)])),
    'x-wildcast-key': key,
  }
}

function messageOf({ entry, kind, schema }: KindSchema): Named {
  const { codec } = entry
  const contentType = codec === 'text' ? 'text/plain' : codec === 'bytes' ? 'application/octet-stream' : undefined
  // A boolean would be valid, too, but not every tool reads it.
  const payload: JsonSchema = schema ?? {}
  return { name: `${entry.key} ${kind}`, ...(contentType && { contentType }), payload, 'x-wildcast-kind': kind }
}

function operationOf(id: string, kind: ContractKind, action: 'send' | 'receive'): Named {
  const channel = (name: string): object => ({ $ref: `#/channels/${name}` })
  const messages = (name: string, of: string): readonly object[] => [{ $ref: `#/channels/${name}/messages/${of}` }]
  const reply = { channel: channel(`${id}-reply`), messages: messages(`${id}-reply`, 'reply') }
  return { action, channel: channel(id), messages: messages(id, kind), ...(kind === 'request' && { reply }) }
}
