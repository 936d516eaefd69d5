import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, run } from '../command.js'
import { contractModule } from './contract-module.js'

const price = { type: 'object', properties: { price: { type: 'number' } }, required: ['price'] }
const good = "'good.*': { message: z.object({ price: z.number() }) }"

async function opened(files: Readonly<Record<string, string>>) {
  const cwd = await folderWith('wildcast.toml', 'contract = "contract.mjs"\nbrokers.main.type = "memory"\n')
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(cwd, name), text)
  return (...args: readonly string[]) => run(['contract', ...args], { cwd })
}

describe('wildcast contract', () => {
  it('prints the contract of the configuration, or of a module', async () => {
    const files = { 'contract.mjs': contractModule(good), 'other.mjs': contractModule('a: { value: z.object({}) }') }
    const contract = await opened(files)
    const { code, out, err } = await contract('--asyncapi')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out)).toMatchObject({
      asyncapi: '3.0.0',
      channels: { 'good-one': { address: 'good.{segment1}', messages: { message: { payload: price } } } },
    })
    expect(JSON.parse((await contract('--json-schema')).out)).toMatchObject({ 'good.*': { message: price } })
    expect(Object.keys(JSON.parse((await contract('other.mjs', '--json-schema')).out))).toEqual(['a'])
  })

  it('warns of schemas that it can only state as any data', async () => {
    const contract = await opened({ 'contract.mjs': contractModule('a: { message: Good }, b: { message: type() }') })
    const { code, out, err } = await contract('--json-schema')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ a: { message: {} }, b: { message: {} } })
    expect(err).toMatch(/message of the entry "a" is stated as any data: @valibot\/to-json-schema is not installed/)
    expect(err).toMatch(/message of the entry "b" is stated as any data: type<T>\(\)/)
  })

  it('needs to know what to print, and a contract', async () => {
    const contract = await opened({ 'contract.mjs': 'export const api = {}' })
    expect(await contract()).toMatchObject({
      code: 2,
      err: expect.stringContaining('give --asyncapi or --json-schema'),
    })
    expect(await contract('--asyncapi')).toMatchObject({
      code: 1,
      err: expect.stringContaining('it exports no contract'),
    })
  })
})

describe('wildcast contract diff', () => {
  it('exits with 1 if a change breaks a client, and with 0 otherwise', async () => {
    const stricter = "'good.*': { message: z.object({ price: z.number(), name: z.string() }) }"
    const contract = await opened({
      'contract.mjs': contractModule(stricter),
      'old.mjs': contractModule(good),
      'more.mjs': contractModule(`${good}, a: { value: z.string() }`),
    })
    const line = 'good.* message: "name" is required now; breaks publishers\n'
    expect(await contract('diff', 'old.mjs')).toEqual({ code: 1, out: line, err: '' })
    const { code, out } = await contract('diff', 'old.mjs', '--json')
    expect({ code, changes: JSON.parse(out) }).toEqual({
      code: 1,
      changes: [
        {
          ...{ key: 'good.*', kind: 'message', path: 'name', change: 'stricter' },
          ...{ breaks: ['publishers'], text: 'is required now' },
        },
      ],
    })
    expect(await contract('diff', 'old.mjs', 'more.mjs')).toEqual({ code: 0, out: 'a value: is new\n', err: '' })
    expect(await contract('diff', 'old.mjs', 'old.mjs')).toEqual({ code: 0, out: '', err: '' })
  })
})
