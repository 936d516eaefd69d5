import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { contractKinds, type EntryMap } from './definition.js'
import { defineContract, segmentOf, type } from './index.js'

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
const page = read('../../../docs/contract.md')

/** The rows of the table whose head has this cell. */
function rows(head: string): string[][] {
  const table = page.split('\n\n').find((part) => part.startsWith(`| ${head}`)) ?? expect.fail(`no table "${head}"`)
  const [, , ...lines] = table.split('\n')
  return lines
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | *\|$/g, '').trim()))
}

const codeIn = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '')

describe('docs/contract.md', () => {
  it('lists the fields of an entry', () => {
    let message = ''
    try {
      defineContract({ a: { message: type(), odd: 1 } } as EntryMap)
    } catch (error) {
      message = String(error)
    }
    const fields = rows('field').flatMap(([field]) => codeIn(field))
    expect(message).toContain(`the fields are ${fields.join(', ')}`)
    expect(fields).toEqual(expect.arrayContaining([...contractKinds]))
  })

  it('has the sentences of the compiler', () => {
    const tested = read('./types/mistakes.test.ts')
    const errors = rows('mistake').flatMap(([, error]) => codeIn(error))
    expect(errors).toHaveLength(6)
    for (const error of errors) expect(tested).toContain(error)
  })

  it('shows what check returns', () => {
    const api = defineContract({ 'good.*': { message: z.object({ price: z.number().default(1) }) } })
    expect(api.check('message', 'good.apple', {})).toEqual({ value: { price: 1 } })
    expect(api.check('message', 'bad.apple', {})).toBeUndefined()
    const failure = api.check('message', 'good.apple', { price: 'much' })?.failure
    expect(failure?.code).toBe('invalid_payload')
    expect(page).toContain(`message: '${failure?.message}' }`)
  })

  it('shows the subjects that are built', () => {
    const api = defineContract({ 'room.{room}.msg': { message: type() } })
    const room = segmentOf('Hall 7.1') ?? ''
    for (const value of [42, room]) expect(page).toContain(`// '${api.subject('room.{room}.msg', { room: value })}'`)
  })

  it('shows the keys behind a prefix', () => {
    const api = defineContract({ '': { message: type() }, a: { message: type() } }, { prefix: 'hello' })
    expect(page).toContain(`// [${api.entries.map(({ key }) => `'${key}'`).join(', ')}]`)
  })

  it('is linked from the README', () => expect(read('../../../README.md')).toContain('(docs/contract.md)'))
})
