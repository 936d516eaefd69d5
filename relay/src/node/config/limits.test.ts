import { describe, expect, it } from 'vitest'
import { limitTable } from '../../core/limit-table.js'
import type { Config } from './config.js'
import { interpret } from './read-config.js'
import { tomlSource } from './source/toml-source.js'

const environment = {
  env: {},
  resolve: (file: string) => file,
  readText: () => '',
  isFolder: () => true,
  isFile: () => true,
}

const read = (limits: string): Config =>
  interpret(tomlSource(`${limits}\n[brokers.main]\ntype = "memory"`, 'example'), 'example', environment)

describe('[limits]', () => {
  it('is absent by default', () => {
    expect(read('').limits).toBeUndefined()
  })

  it('has every limit under its own name', () => {
    const set = read(`[limits]\n${limitTable.map(({ key, to }) => `${key} = ${to}`).join('\n')}`).limits
    expect(set).toEqual(Object.fromEntries(limitTable.map(({ field, to }) => [field, to])))
  })

  it.each(limitTable)('refuses a $key outside of its bounds, and names them', ({ key, from, to }) => {
    for (const value of [from - 1, to + 1, from + 0.5, '"many"'])
      expect(() => read(`[limits]\n${key} = ${value}`)).toThrow(new RegExp(`${key}.* from ${from} to ${to}`))
  })

  it('refuses an unknown name, and suggests the one that is meant', () => {
    expect(() => read('[limits]\npublish = 5')).toThrow(/did you mean "publishes"/)
  })

  it('refuses a frame that holds no full payload', () => {
    expect(() => read('[limits]\nframe = 65536')).toThrow(/make "frame" longer/)
    expect(read('[limits]\nframe = 65536\npayload = 1024').limits).toEqual({ frame: 65_536, payload: 1024 })
  })
})
