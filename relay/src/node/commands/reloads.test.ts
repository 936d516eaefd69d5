import { expect, it } from 'vitest'
import type { Config } from '../config/config.js'
import { reloads } from './reloads.js'

const config: Config = { brokers: new Map(), gateways: [], bridges: [], components: [], notes: ['a note'] }

it('applies the configuration, and prints the outcome', async () => {
  const printed: string[] = []
  const reload = reloads({
    read: () => Promise.resolve(config),
    apply: () => Promise.resolve(['done']),
    print: (line) => printed.push(line),
  })
  expect(await reload()).toEqual({ failed: false, lines: ['a note', 'done'] })
  expect(printed).toEqual(['a note', 'done'])
})

it('reports that nothing has changed', async () => {
  const reload = reloads({ read: async () => config, apply: async () => [], print: () => {} })
  expect(await reload()).toEqual({ failed: false, lines: ['a note', 'nothing has changed'] })
})

it('applies nothing if the configuration can not be read, and reports that the relay continues', async () => {
  const printed: string[] = []
  const reload = reloads({
    read: () => Promise.reject(new Error('line 3 is wrong')),
    apply: () => Promise.reject(new Error('was applied')),
    print: (line) => printed.push(line),
  })
  expect(await reload()).toEqual({ failed: true, lines: ['line 3 is wrong', expect.stringContaining('continues')] })
  expect(printed[0]).toBe('line 3 is wrong')
})

it('runs one reload after the other', async () => {
  const log: string[] = []
  const finish: (() => void)[] = []
  const reload = reloads({
    async read() {
      log.push('read')
      return config
    },
    async apply() {
      log.push('apply')
      await new Promise<void>((resolve) => finish.push(resolve))
      return ['done']
    },
    print: () => {},
  })
  const both = [reload(), reload()]
  await new Promise((resolve) => setImmediate(resolve))
  expect(log).toEqual(['read', 'apply'])
  finish[0]?.()
  await both[0]
  await new Promise((resolve) => setImmediate(resolve))
  expect(log).toEqual(['read', 'apply', 'read', 'apply'])
  finish[1]?.()
  await both[1]
})
