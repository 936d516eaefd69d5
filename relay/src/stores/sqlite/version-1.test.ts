import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Subject } from '@wildcast/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../../test/servers/temporary-folder.js'
import { HistoryRules } from '../../core/history-rules.js'
import { rule } from '../../testing/history-under-test.js'
import { defaultStoreLimits } from '../limits.js'
import { closeFile, openFile } from './open-file.js'
import { ValuesFile } from './values-file.js'

/** A file with two values, which the program of version 1 has written, compressed in base64. */
const versionOne = [
  'H4sIAAAAAAACA+3dTWsTQRjA8dmkbZrqdouioQfpNF5aqqWhCl58aeuixZhqGrEismzNWFfXJO5uXzxWvEg/ijc/gVfx4EfwouBR',
  'CoJHyUzitlo9CB4M/x9kh30edmb2yQvsbrJZvlkOEiUfNKMnfiJnxYiwLHFJSiFEnxAiL1L9nViX1XmI2wvLNXGwPjG98dJ2vonB',
  'w2/F8Cvn3fCC/cGu2K8Pv7VPCgAAAAD4Gyu5XKFQsLadxF8NVaKiJ7FeDC5U3bmaK2tz82VX6pCcaDey5q7U5I3q4vW56h15zb1z',
  'SoZ+nMjFSs294lZlZakmK7fK5cnJwYHC+YIlgkZdbcVPwyBRnr+eNPW6p3v0SrrJr/bnCqOj1vaYnkSo/FjFZjmwbxomJid0e8BE',
  'ItVQm6ru+QdMZ2pgoHBx9HfTMT17JdPmVvs6E9LZzSAMVX3DD9dV3N+Z0GLlsrsiTUYuVWTRpItyoh0z/U3K21fdqivTiFxc/jGj',
  'B9lc4cSotX1Sj6G2WkEUNNZMN337Runm9o+joyr2/KQ7ThrZO87zE5bemRfHdHXN9maZ2VfdtOshKaWM11cfqfvJr2XW2UhtBHHQ',
  'bJh0dyyTa/nPwqZfl/PlpfmfUkHsJWrr16fHZB8qv66iWPdpIuuxivas7t1D04OJtyush0tXvZ+G2pNJXz5DUk5OZf70wjA18Uqm',
  'zQohBttvG1sIkXF2hPPG2eFDBAAAAACAf242c2js7PG8udC+1mzWp1vKj2biM2c21blgZub0TMfsWqRUw9p5/+nx5wvWofGzR/JT',
  'R0V3I7/VCtUBW5UiVb97t5hE/n1VPFUsFe/d8+v+kD7+/yicXecjTwEAAAAAAP8vOztm/TifkLGz4/n0REH7+N9yvgrnK3UCAAAA',
  'AKCnDGX7LfP1gUz7+F+MUBIAAAAAAHqZzfE/AAAAAAA9j+v/AAAAAAD0Plv//v+LcL5QCwAAAAAAesWwlR230n8HyJr7/+0KZ5fa',
  'AAAAAADQO9r3/09PAHwHuVwG9wCQAAA=',
].join('')

it('a file of version 1 keeps its values and numbers, and gets a history and keys', () => {
  const file = path.join(temporaryFolder(), 'wildcast.db')
  writeFileSync(file, gunzipSync(Buffer.from(versionOne, 'base64')))
  const database = openFile(file)
  onTestFinished(() => closeFile(database))
  const start = { now: 1_800_000_000_000, random: 0.5 }
  const values = new ValuesFile(database, defaultStoreLimits, start, new HistoryRules([rule('good.*')]))
  expect(database.prepare('PRAGMA user_version').raw().all()).toEqual([[3]])
  const [apple, pear] = [...values.all()]
  expect([apple, pear]).toMatchObject([
    { subject: 'good.apple', payload: 'red', headers: [['trace', '1']], user: 'ada' },
    { subject: 'good.pear', payload: 'green', expiresAt: 1_700_000_001_000 },
  ])
  const state = values.historyState(apple?.subject as Subject, pear?.revision ?? '')
  expect(state.isKnown).toBe(true)
  // Messages of the rule may have been published before it was there.
  expect(state.forgotten > (pear?.revision ?? '')).toBe(true)
  const [written] = values.write([{ subject: 'good.fig' as Subject, payload: 'x', append: true }], start.now)
  expect(written).toMatchObject({ kind: 'written' })
  const keyed = { subject: 'good.fig' as Subject, payload: 'y', key: { name: 'k', fingerprint: 'f' } }
  const [first] = values.write([keyed], start.now)
  expect(values.write([keyed], start.now)).toEqual([{ ...first, repeated: true }])
  expect([...values.allMessages()]).toMatchObject([
    { subject: 'good.fig', payload: 'x', keptAt: start.now },
    { subject: 'good.fig', payload: 'y' },
  ])
})
