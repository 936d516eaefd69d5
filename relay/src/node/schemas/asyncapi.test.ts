import { Parser } from '@asyncapi/parser'
import { defineContract, type } from '@wildcast/contract'
import { type as ark } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { asyncApiOf } from './asyncapi.js'
import { jsonSchemasOf } from './json-schemas.js'

const objects = {
  zod: z.object({ price: z.number() }),
  valibot: v.object({ price: v.number() }),
  arktype: ark({ price: 'number' }),
}

const price = { type: 'object', properties: { price: { type: 'number' } }, required: ['price'] }

const api = defineContract(
  {
    '': { message: objects.zod },
    'good.*': { message: objects.zod, value: objects.zod },
    'room.{room}.msg': { message: objects.valibot },
    'room.{room}': { presence: objects.arktype },
    'math.sum': { request: objects.zod, reply: z.number() },
    'log.**': { message: v.string(), codec: 'text' },
    'raw.*': { message: type<Uint8Array>(), codec: 'bytes' },
  },
  { prefix: 'shop' },
)

async function described() {
  const warnings: string[] = []
  const schemas = await jsonSchemasOf(api, import.meta.filename, (sentence) => warnings.push(sentence))
  return { warnings, schemas, document: asyncApiOf('shop', schemas) }
}

describe('wildcast contract --asyncapi', () => {
  it("is valid for AsyncAPI's own parser", async () => {
    const { document } = await described()
    const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document))
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([])
    const channels = parsed?.channels().all() ?? []
    expect(channels.map((channel) => channel.address())).toEqual([
      'shop',
      'shop.good.{segment1}',
      'shop.room.{room}.msg',
      'shop.room.{room}',
      'shop.math.sum',
      null,
      'shop.log.{segment1}',
      'shop.raw.{segment1}',
    ])
    const sum = parsed?.operations().get('send-request-shop-math-sum')
    expect(sum?.reply()?.messages().all()[0]?.payload()?.json()).toMatchObject({ type: 'number' })
  })

  it.each(Object.entries(objects))('has the schemas of %s', async (_, schema) => {
    const one = defineContract({ a: { message: schema } })
    const [found] = await jsonSchemasOf(one, import.meta.filename, (sentence) => expect.fail(sentence))
    expect(found?.schema).toMatchObject(price)
    expect(found?.schema).not.toHaveProperty('$schema')
  })

  it('states any data for a schema without a JSON schema, and warns', async () => {
    const { warnings, document } = await described()
    expect(warnings).toEqual([
      'the message of the entry "shop.raw.*" is stated as any data: type<T>() has no form at run time',
    ])
    expect(document).toHaveProperty(['channels', 'shop-raw-one', 'messages', 'message', 'payload'], {})
  })

  it('gives each entry an id of its own', async () => {
    const same = defineContract({ 'a.b': { message: v.string() }, 'a-b': { message: v.string() } })
    const { channels } = asyncApiOf('x', await jsonSchemasOf(same, import.meta.filename, () => {}))
    expect(Object.keys(channels as object)).toEqual(['a-b', 'a-b-2'])
  })
})
