import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { portsOf, start } from './command.js'
import { connect } from './socket.js'

it('a client that errs without end fills no log, and each of its errors is counted (L12)', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'limits-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'wildcast.toml')
  writeFileSync(
    file,
    'websockets = "json"\nlimits.subscribes = 1\nlimits.publishes = 1000\nbrokers.main.type = "memory"\n',
  )
  const child = start(['up', '-c', file, '-p', '0'])
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += String(chunk)
  })
  const [port = 0] = await portsOf(child, 1)
  const figures = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  // A classic client gets no answers, so each error is for the log.
  const socket = await connect(`ws://127.0.0.1:${port}/ws`)
  const count = 20_000
  for (let i = 0; i < count; i++) socket.send(`{"Publish":{"subject":"secret.${i}","message":"x"}}`)
  const refused = async (): Promise<number> =>
    Number(/wildcast_refused_total\{action="publish",code="rate_limited"\} (\d+)/.exec(await figures())?.[1] ?? 0)
  const published = async (): Promise<number> =>
    Number(/wildcast_published_total\{broker="main"\} (\d+)/.exec(await figures())?.[1] ?? 0)
  await expect
    .poll(async () => (await refused()) + (await published()), { timeout: 60_000 })
    .toBeGreaterThanOrEqual(count)
  // The relay itself publishes a few messages when it starts.
  expect((await refused()) + (await published())).toBeLessThan(count + 1000)
  expect(await refused()).toBeGreaterThan(count / 2)
  const lines = log.split('\n').filter((line) => line.includes('rate_limited'))
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThanOrEqual(20)
  expect(log).not.toContain('secret')
}, 120_000)
