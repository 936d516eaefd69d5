import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, portsOf, run, says, start } from './command.js'
import { connect, type Socket } from './socket.js'
import { ask } from './v1-client.js'

const toml = (store: string): string => `port = 0\n[brokers.main]\ntype = "memory"\nstore = ${store}\n`
const onDisk = toml('{ sqlite = "wildcast.db" }')
const history = '[[brokers.main.history]]\nsubjects = "room.*"\nmessages = 2\n'

interface Running {
  readonly relay: ChildProcess
  readonly stderr: () => string
  /** Writes a value. Resolves with the answer. */
  write(subject: string, message: string, more?: object): Promise<unknown>
  /** Subscribes. The array gets every message. */
  subscribe(fields: object): Promise<readonly Received[]>
}

interface Received {
  readonly message?: string
  readonly deleted?: true
}

async function up(cwd: string, flags: readonly string[] = []): Promise<Running> {
  const relay = start(['up', ...flags], { cwd })
  let stderr = ''
  relay.stderr?.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const [port] = await portsOf(relay, 1)
  const open = async (): Promise<Socket> => {
    const socket = await connect(`ws://127.0.0.1:${port}/ws`, 'wildcast.v1+json')
    await ask(socket, { Connect: {} })
    return socket
  }
  const socket = await open()
  let ref = 0
  return {
    relay,
    stderr: () => stderr,
    write: (subject, message, more) =>
      ask(socket, { Publish: { ref: ++ref, subject, message, retain: true, ...more } }),
    async subscribe(fields) {
      const { ws, send } = await open()
      const messages: Received[] = []
      ws.on('message', (data: Buffer) => {
        const { Message } = JSON.parse(data.toString()) as { readonly Message?: Received }
        if (Message) messages.push(Message)
      })
      send(JSON.stringify({ Subscribe: { ref: 1, ...fields } }))
      return messages
    },
  }
}

async function stop(relay: ChildProcess): Promise<void> {
  const ended = once(relay, 'close')
  relay.kill('SIGTERM')
  await ended
}

const acknowledged = { Ack: { revision: expect.any(String) } }

describe('a relay with a store on disk', () => {
  it.each([
    ['one relay', []],
    ['two workers', ['--workers', '2']],
  ])('of %s keeps its values over a restart, and logs at the start how much it holds (FX-STO-4)', async (_, flags) => {
    const cwd = await folderWith('wildcast.toml', onDisk)
    const first = await up(cwd, flags)
    expect(first.stderr()).toContain('"msg":"the store holds 0 values of 0 bytes"')
    expect(await first.write('good.apple', '3', { headers: { trace: ['1', '2'] } })).toMatchObject(acknowledged)
    expect(await first.write('good.pear', '4')).toMatchObject(acknowledged)
    await stop(first.relay)
    expect(readdirSync(cwd).sort()).toEqual(['wildcast.db', 'wildcast.toml'])
    const second = await up(cwd, flags)
    const file = path.join(cwd, 'wildcast.db')
    const [line] = second
      .stderr()
      .split('\n')
      .filter((one) => one.includes('"stage":"store"'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ stage: 'store', broker: 'main', file, values: 2 })
    await stop(second.relay)
    const { out } = await run(['store', 'export'], { cwd })
    expect(out.split('\n').map((one) => one && JSON.parse(one))).toMatchObject([
      {
        subject: 'good.apple',
        message: '3',
        headers: [
          ['trace', '1'],
          ['trace', '2'],
        ],
      },
      { subject: 'good.pear', message: '4' },
      '',
    ])
  })

  it.each([
    ['one relay', []],
    ['two workers', ['--workers', '2']],
  ])('of %s keeps its history over a restart, and the deletion of a value that expires', async (_, flags) => {
    const cwd = await folderWith('wildcast.toml', `${onDisk}${history}`)
    const first = await up(cwd, flags)
    for (const message of ['a', 'b', 'c']) await first.write('room.1', message, { retain: undefined })
    await stop(first.relay)
    const second = await up(cwd, flags)
    expect(second.stderr()).toContain('"msg":"the store holds 0 values and 2 messages of 14 bytes"')
    const messages = await second.subscribe({ subject: 'room.*', last: 5 })
    await expect.poll(() => messages.map(({ message }) => message)).toEqual(['b', 'c'])
    await second.write('room.1', 'd', { ttl: 1000 })
    await expect
      .poll(() => messages.map(({ message, deleted }) => message || deleted), { timeout: 20_000 })
      .toEqual(['b', 'c', 'd', true])
    await stop(second.relay)
  })

  it.each([
    ['one relay', []],
    ['two workers', ['--workers', '2']],
  ])('of %s refuses a file that another relay has, and a folder that is missing', async (_, flags) => {
    const cwd = await folderWith('wildcast.toml', onDisk)
    const { write } = await up(cwd)
    const second = await run(['up', ...flags], { cwd })
    expect(second).toMatchObject({ code: 1, out: '' })
    expect(second.err).toContain('wildcast.db is in use by another process, such as a running relay; stop')
    expect(await write('good.apple', '3')).toMatchObject(acknowledged)
    writeFileSync(path.join(cwd, 'wildcast.toml'), toml('{ sqlite = "none/a.db" }'))
    const third = await run(['up', ...flags], { cwd })
    expect(third).toMatchObject({ code: 1, out: '' })
    expect(third.err).toContain('none/a.db lies in a folder that does not exist; create the folder')
  })

  it.each([['{ values = 1 }'], ['{ sqlite = "wildcast.db", values = 1 }']])(
    'keeps as many values as %s allows, and serves others',
    async (store) => {
      const { write } = await up(await folderWith('wildcast.toml', toml(store)))
      expect(await write('good.apple', '3')).toMatchObject(acknowledged)
      expect(await write('good.pear', '3')).toMatchObject({ Error: { code: 'storage_full' } })
      expect(await write('good.apple', '4')).toMatchObject(acknowledged)
    },
  )

  it('of several workers needs a restart for another store', async () => {
    const cwd = await folderWith('wildcast.toml', onDisk)
    const { relay } = await up(cwd, ['--workers', '2'])
    writeFileSync(path.join(cwd, 'wildcast.toml'), toml('{ sqlite = "other.db" }'))
    relay.kill('SIGHUP')
    await says(relay.stderr, /restart to change the store of broker "main"/)
    expect(readdirSync(cwd)).not.toContain('other.db')
  })
})

describe('wildcast store', () => {
  const lines = [
    { subject: 'good.apple', revision: '0000000000-000000001', message: '3', headers: [['trace', '1']], user: 'ada' },
    { subject: 'good.bytes', revision: '0000000000-000000002', bytes: Buffer.from([0, 255]).toString('base64') },
    { subject: 'here.ada', message: 'x', will: { message: '' } },
    { subject: 'state', message: 'on', will: { message: 'off' } },
    { subject: 'old', message: 'x', expires_at: 1 },
  ]
  const input = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  const store = (cwd: string, ...args: string[]) => run(['store', ...args], { cwd })
  const linesIn = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  it('exports what it has imported, with new revisions, and without what has ended', async () => {
    const cwd = await folderWith('wildcast.toml', onDisk)
    const imported = await run(['store', 'import'], { cwd, stdin: input })
    expect(imported.out).toBe('values imported: 3; left out, since they or their sessions have ended: 2\n')
    const values = linesIn((await store(cwd, 'export')).out)
    const revision = expect.stringMatching(/^[0-9a-z]{10}-[0-9a-z]{9}$/)
    expect(values).toEqual([
      { ...lines[0], revision },
      { ...lines[1], revision },
      { subject: 'state', message: 'off', revision },
    ])
    expect(values[0].revision > '0000000000-000000001').toBe(true)
  })

  it('exports the messages of the history after the values, and imports them with new positions', async () => {
    const cwd = await folderWith('wildcast.toml', `${onDisk}${history}`)
    const { relay, write } = await up(cwd)
    await write('room.topic', 'tea', { retain: undefined })
    await write('room.topic', 'coffee')
    await write('other', 'not kept', { retain: undefined })
    await stop(relay)
    const exported = (await store(cwd, 'export')).out
    const fields = { position: expect.any(String), kept_at: expect.any(Number) }
    const [, first, second] = linesIn(exported)
    expect([first, second]).toMatchObject([
      { subject: 'room.topic', message: 'tea', ...fields },
      { subject: 'room.topic', message: 'coffee', ...fields, revision: expect.any(String) },
    ])
    const imported = await run(['store', 'import', '--file', 'other.db'], { cwd, stdin: exported })
    expect(imported.out).toBe('values imported: 1, messages imported: 2\n')
    const { out } = await store(cwd, 'info', '--file', 'other.db')
    expect(out).toContain('2 messages of 29 bytes in the history')
    const [, again, last] = linesIn((await store(cwd, 'export', '--file', 'other.db')).out)
    expect([again, last]).toMatchObject([{ message: 'tea' }, { message: 'coffee' }])
    expect(again.position > second.position).toBe(true)
    expect(again.kept_at).toBe(first.kept_at)
  })

  it('imports from a file into another store, and informs about both', async () => {
    const cwd = await folderWith('wildcast.toml', onDisk)
    writeFileSync(path.join(cwd, 'values.jsonl'), input)
    expect((await store(cwd, 'import', 'values.jsonl', '--file', 'other.db')).code).toBe(0)
    const { out } = await store(cwd, 'info', '--file', 'other.db', '--json')
    expect(JSON.parse(out)).toMatchObject({
      file: path.join(cwd, 'other.db'),
      version: 3,
      values: 3,
      messages: 0,
      wills: 0,
      expiring: 0,
    })
    expect((await store(cwd, 'info', '--file', 'other.db')).out).toMatch(/^\S+other\.db \(version 3\)\n3 values of/)
    expect(await store(cwd, 'info')).toMatchObject({ code: 1, err: expect.stringContaining('there is no store') })
  })

  it.each([
    ['{"subject":"a","message":"x"}\nx', 'line 2 is no JSON; write one object per line'],
    ['{"subject":"a.*","message":"x"}', 'line 1 has no valid "subject"'],
    ['{"subject":"a"}', 'line 1 needs the payload, as "message" or in base64 as "bytes"'],
    ['{"subject":"a","bytes":"?"}', 'line 1 has "bytes" that are no base64'],
    ['{"subject":"a","message":"x","bytes":"eA=="}', 'line 1 has both "message" and "bytes"; leave one out'],
    ['{"subject":"a","message":"\\ud800"}', 'line 1 has a "message" with half a character; write it as "bytes"'],
    ['{"subject":"a","message":"x","expires_at":1e400}', 'line 1 has an "expires_at" that is no number'],
    ['{"subject":"a","message":"x","headers":{"a":1}}', 'line 1 is invalid: header "a"'],
  ])('imports nothing of %j, and names the line', async (bad, why) => {
    const cwd = await folderWith('wildcast.toml', onDisk)
    const { code, err } = await run(['store', 'import'], { cwd, stdin: bad })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(why) })
    expect(err).toContain('nothing was imported')
    expect(readdirSync(cwd)).toEqual(['wildcast.toml'])
  })

  it('imports all values or none when the store has a limit', async () => {
    const cwd = await folderWith('wildcast.toml', toml('{ sqlite = "wildcast.db", values = 2 }'))
    const { code, err } = await run(['store', 'import'], { cwd, stdin: input })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('the store keeps at most 2 values') })
    expect((await store(cwd, 'export')).out).toBe('')
  })

  it('gives space back', async () => {
    const cwd = await folderWith('wildcast.toml', onDisk)
    const { relay, write } = await up(cwd)
    for (let i = 0; i < 20; i++) await write(`key.${i}`, 'x'.repeat(20_000))
    for (let i = 0; i < 20; i++) await write(`key.${i}`, '')
    await stop(relay)
    const [, before, after] = /^(\d+) bytes before, (\d+) bytes after\n$/.exec((await store(cwd, 'compact')).out) ?? []
    expect(Number(after)).toBeLessThan(Number(before) / 5)
  })

  it('refuses the file of a running relay, and a configuration without one store', async () => {
    const cwd = await folderWith('wildcast.toml', onDisk)
    const { relay } = await up(cwd)
    for (const command of ['info', 'compact', 'export', 'import'])
      expect(await run(['store', command], { cwd, stdin: '' })).toMatchObject({
        code: 1,
        err: expect.stringContaining('in use by another process, such as a running relay; stop that process'),
      })
    await stop(relay)
    writeFileSync(path.join(cwd, 'none.toml'), toml('{ values = 2 }'))
    expect((await store(cwd, 'info', '-c', 'none.toml')).err).toContain('none.toml has no broker with store = {')
    const second = '[brokers.second]\ntype = "memory"\nstore.sqlite = "second.db"\n'
    writeFileSync(path.join(cwd, 'two.toml'), `${onDisk}${second}`)
    expect((await store(cwd, 'info', '-c', 'two.toml')).err).toContain('choose one with --broker: main, second')
    expect((await store(cwd, 'info', '-c', 'two.toml', '--broker', 'main')).code).toBe(0)
  })
})
