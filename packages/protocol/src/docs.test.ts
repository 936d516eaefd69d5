import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readClassicFrame } from './classic.js'
import { classicJsonCodec } from './classic-json-codec.js'
import { errorTable } from './error-table.js'
import { anyClientFrame, anyRelayFrame } from './frame.contract.js'
import { jsonCodec } from './json-codec.js'
import { limits } from './limits.js'
import { msgpackCodec } from './msgpack-codec.js'
import { readClientFrame } from './read-client-frame.js'
import { readRelayFrame } from './read-relay-frame.js'

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8')

/** Returns the parts of a text under the headings of a level, by heading. */
function parts(text: string, level: '##' | '###'): Map<string, string> {
  const [, ...found] = text.split(new RegExp(`^${level} `, 'm'))
  return new Map(found.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n'))]))
}

const chapters = parts(page, '##')
const chapter = (name: string): string => chapters.get(name) ?? `no chapter "${name}"`

/** Returns the lines of the JSON examples: one frame each. */
const examples = (text: string): string[] =>
  [...text.matchAll(/^```jsonl\n(.*?)^```/gms)].flatMap(([, block]) => (block as string).trim().split('\n'))

/** Returns the rows of the tables, without their heads. */
const rows = (text: string): string[][] =>
  [...text.matchAll(/^\| (.*) \|$/gm)]
    .map(([, row]) => (row as string).split(' | ').map((cell) => cell.trim()))
    .filter((row, i, all) => !/^-+$/.test(row[0] as string) && !/^-+$/.test(all[i + 1]?.[0] ?? ''))

describe('docs/protocol.md', () => {
  it.each([
    ['Frames of a client', anyClientFrame],
    ['Frames of a relay', anyRelayFrame],
    ['Errors', errorTable],
  ])('has under "%s" one heading for each name in the code', (name, known) => {
    expect([...parts(chapter(name), '###').keys()].sort()).toEqual(Object.keys(known).sort())
  })

  it.each([
    ['Frames of a client', readClientFrame],
    ['Frames of a relay', readRelayFrame],
  ])('has under "%s" examples of the kind in their heading', (name, read) => {
    for (const [kind, text] of parts(chapter(name), '###')) {
      expect(examples(text), kind).not.toHaveLength(0)
      for (const example of examples(text)) expect(read(jsonCodec.decode(example))?.kind, example).toBe(kind)
    }
  })

  it('has valid examples of classic', () => {
    const kinds = examples(chapter('Classic')).map((example) => {
      const raw = classicJsonCodec.decode(example)
      return (raw.kind === 'Message' ? readRelayFrame(raw) : readClassicFrame(raw))?.kind
    })
    expect(kinds).toEqual(['Subscribe', 'Publish', 'Message'])
    const delivery = { kind: 'Message', id: 7, subject: 'good.test', message: 'hi', broker: 'test' } as const
    expect(examples(chapter('Classic'))).toContain(classicJsonCodec.encode(delivery))
  })

  it('has the same table of errors as the code', () => {
    const table = rows(chapter('Errors')).map(([code, close, status, retry]) => [
      code?.replaceAll('`', ''),
      { close: Number(close), status: Number(status), retry: retry === 'yes' },
    ])
    expect(Object.fromEntries(table)).toEqual(errorTable)
  })

  it.each([...parts(chapter('Errors'), '###')])('has the meaning, causes and remedy of %s', (_, text) => {
    expect([...text.matchAll(/^- \*\*(.*?):\*\* \S/gm)].map(([, label]) => label)).toEqual([
      'Meaning',
      'Why it happens',
      'What to do',
    ])
  })

  it('has the same limits as the code', () => {
    const values = rows(chapter('Limits')).map(([, value]) => Number(value))
    expect(values).toEqual(Object.values(limits))
  })

  it('names the subprotocols', () => {
    for (const codec of [jsonCodec, msgpackCodec]) expect(chapter('Dialects')).toContain(`\`${codec.subprotocol}\``)
  })

  it('lists the reserved fields of the code', () => {
    for (const [frame, fields] of rows(chapter('Reserved fields'))) {
      const names = [...(fields as string).matchAll(/`(\w+)`/g)].map(([, name]) => name as string)
      const body = { subject: 'a', message: '', ...Object.fromEntries(names.map((name) => [name, 1])) }
      expect(readClientFrame({ kind: frame?.replaceAll('`', '') as string, body })).toMatchObject({ reserved: names })
    }
  })

  it('has no broken link to one of its headings', () => {
    const anchors = [...page.matchAll(/^##+ (.*)$/gm)].map(([, title]) =>
      (title as string).toLowerCase().replaceAll(' ', '-'),
    )
    for (const [, target] of page.matchAll(/\]\(#(.*?)\)/g)) expect(anchors).toContain(target)
  })
})
