import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, portsOf, run, start } from '../command.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { contractModule as contract } from './contract-module.js'

const good = "'good.*': { message: Good }"
const memory = 'port = 0\nbrokers.main.type = "memory"\n'

async function folder(files: Readonly<Record<string, string>>) {
  const [[name, text] = ['', ''], ...others] = Object.entries(files)
  const cwd = await folderWith(name, text)
  const write = (file: string, content: string): Promise<void> => writeFile(path.join(cwd, file), content)
  for (const [file, content] of others) await write(file, content)
  return { cwd, write, env: { TMPDIR: temporaryFolder() } }
}

/** Checks a configuration with a contract. Returns the output, which names files of the folder. */
async function check(toml: string, module?: string): Promise<string> {
  const { cwd, env } = await folder({
    'wildcast.toml': toml,
    ...(module !== undefined && { 'contract.mjs': module }),
  })
  const { out, err } = await run(['check'], { cwd, env })
  return out + err
}

const named = `contract = "contract.mjs"\n${memory}`

describe('wildcast check', () => {
  it('loads the contract', async () => {
    expect(await check(named, contract(good))).toBe(
      'wildcast.toml is fine: 1 broker (main: memory), 1 gateway on a free port, a contract\n',
    )
    const table = `${memory}[contract]\nfile = "contract.mjs"\nfrom_brokers = "drop"\nundeclared = "refuse"\n`
    expect(await check(table, contract(good, 'export default'))).toMatch('is fine')
  })

  it.each<[fault: string, toml: string, module: string | undefined, output: RegExp]>([
    ['a missing file', named, undefined, /^wildcast\.toml:1: "contract" names a file that does not exist/],
    [
      'an unknown key',
      `${memory}[contract]\nfiles = "x"\n`,
      '',
      /unknown key "files" in \[contract\]; did you mean "file"\?/,
    ],
    [
      'an unknown word',
      `${memory}[contract]\nfile = "contract.mjs"\nfrom_brokers = "quarantaine"\n`,
      contract(good),
      /"from_brokers" in \[contract\] must be "pass", "drop" or "quarantine"; did you mean "quarantine"\?/,
    ],
    [
      'no contract',
      named,
      'export const api = {}',
      /^contract\.mjs: it exports no contract; export what defineContract/,
    ],
    [
      'two contracts',
      named,
      `${contract(good)}\nexport const other = defineContract({})`,
      /^contract\.mjs: it exports the contracts "api" and "other"; .* mergeContracts/,
    ],
    ['a syntax error', named, 'export const = 1', /^contract\.mjs:1: the contract can't be loaded/],
    [
      'an invalid entry',
      named,
      contract("'a..b': { message: Good }"),
      /the contract can't be loaded: the contract's entry "a\.\.b" is invalid/,
    ],
    [
      'an unknown broker',
      named,
      contract("a: { message: Good, broker: 'other' }"),
      /^contract\.mjs: the contract's entry "a" names the broker "other"; there are: main\n/,
    ],
    [
      'a history on MQTT',
      `${named}[brokers.m]\ntype = "mqtt"\naddress = "mqtt://localhost"\n`,
      contract("a: { message: Good, broker: 'm', history: { messages: 5 } }"),
      /^contract\.mjs: the contract's entry "a" has a history, but broker "m" is an MQTT server/,
    ],
  ])('names %s', async (_, toml, module, output) => {
    expect(await check(toml, module)).toMatch(output)
  })

  it('accepts one contract under two names', async () => {
    expect(await check(named, `${contract(good)}\nexport default api`)).toMatch('is fine')
  })
})

async function opened(files: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  const { cwd, write, env } = await folder(files)
  const [port = 0] = await portsOf(start(['up', ...flags], { cwd, env }), 1)
  const url = `http://127.0.0.1:${port}`
  return {
    write,
    reload: () => run(['reload'], { cwd, env }),
    publish: async (subject: string, body: string) => {
      const response = await fetch(`${url}/publish/${subject}`, { method: 'POST', body })
      return response.ok ? 'ok' : (await response.text()).trim()
    },
    kept: (subject: string) => fetch(`${url}/history/${subject}?offset=-1`),
  }
}

describe('wildcast up', () => {
  it('refuses to start with a contract that its brokers can not keep', async () => {
    const files = { 'wildcast.toml': named, 'contract.mjs': contract("a: { message: Good, broker: 'other' }") }
    const { cwd, env } = await folder(files)
    for (const flags of [[], ['--workers', '2']]) {
      const { code, err } = await run(['up', ...flags], { cwd, env })
      expect(err).toMatch(/^contract\.mjs: the contract's entry "a" names the broker "other"/)
      expect(code).toBe(2)
    }
  })

  it('enforces the contract, and wildcast reload takes a new one; one that is broken changes nothing', async () => {
    const { write, reload, publish } = await opened({ 'wildcast.toml': named, 'contract.mjs': contract(good) })
    expect(await publish('good.a', '{"price":1}')).toBe('ok')
    expect(await publish('good.a', '1')).toMatch(/^invalid_payload: good\.a: /)
    await write('contract.mjs', contract("'good.*': { message: v.number() }"))
    expect(await reload()).toEqual({ code: 0, out: 'the contract is loaded again\n', err: '' })
    expect(await publish('good.a', '1')).toBe('ok')
    await write('contract.mjs', 'broken(')
    expect(await reload()).toMatchObject({ code: 1, err: expect.stringContaining("the contract can't be loaded") })
    expect(await publish('good.a', '{"price":1}')).toMatch(/^invalid_payload/)
  })

  it.each([[[]], [['--workers', '2']]])('survives a schema whose async check rejects (%j)', async (flags) => {
    const failing = "'async.*': { message: z.number().refine(() => Promise.reject(new Error('no database'))) }"
    const files = { 'wildcast.toml': named, 'contract.mjs': contract(`${failing}, ${good}`) }
    const { publish } = await opened(files, ...flags)
    for (let i = 0; i < 4; i++) expect(await publish('async.a', '1')).toMatch(/^internal: "async\.a" has a schema/)
    expect(await publish('good.a', '{"price":1}')).toBe('ok')
  })

  it('keeps the messages that the contract names, unless the configuration has a rule for them', async () => {
    const rule = '[[brokers.main.history]]\nsubjects = "own.**"\nmessages = 1\n'
    const entries = "'good.*': { message: Good, history: { messages: 2 } }"
    const ruled = "'own.a': { message: Good, history: { messages: 5 } }"
    const files = { 'wildcast.toml': named + rule, 'contract.mjs': contract(`${entries}, ${ruled}`) }
    const { publish, kept, write, reload } = await opened(files)
    for (const price of [1, 2, 3]) {
      await publish('good.a', `{"price":${price}}`)
      await publish('own.a', `{"price":${price}}`)
    }
    expect(await (await kept('good.a')).json()).toEqual([{ price: 2 }, { price: 3 }])
    expect(await (await kept('own.a')).json()).toEqual([{ price: 3 }])
    await write('contract.mjs', contract("'good.*': { message: Good }"))
    expect((await reload()).out).toBe('the contract is loaded again\nrestart to change broker "main"\n')
  })

  it('enforces it in every worker, with its histories, also after a reload', async () => {
    const entries = "'good.*': { message: Good, history: { messages: 2 } }"
    const files = { 'wildcast.toml': named, 'contract.mjs': contract(entries) }
    const { publish, kept, write, reload } = await opened(files, '--workers', '2')
    const all = (body: string) => Promise.all(Array.from({ length: 6 }, () => publish('good.a', body)))
    for (const outcome of await all('1')) expect(outcome).toMatch(/^invalid_payload/)
    expect(await publish('good.a', '{"price":1}')).toBe('ok')
    expect(await (await kept('good.a')).json()).toEqual([{ price: 1 }])
    await write('contract.mjs', contract("'good.*': { message: v.number(), history: { messages: 2 } }"))
    expect(await reload()).toMatchObject({ code: 0 })
    expect(await all('1')).toEqual(Array(6).fill('ok'))
  })
})
