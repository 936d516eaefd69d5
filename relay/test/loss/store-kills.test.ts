import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { realClock } from '../../src/core/clock.js'
import { defaultStoreLimits } from '../../src/stores/limits.js'
import type { FileValue } from '../../src/stores/sqlite/row.js'
import { openStoreFile } from '../../src/stores/sqlite/store-file.js'
import { portsOf, start } from '../command.js'
import { temporaryFolder } from '../servers/temporary-folder.js'
import { killRelay } from './killed-relay.js'
import { seededRandom } from './random.js'
import { StoreWriter } from './store-writer.js'

// `WILDCAST_LONG=1` kills 200 times; STORE_SEED repeats a run.
const kills = process.env.WILDCAST_LONG ? 200 : 20
const seed = Number(process.env.STORE_SEED ?? Math.floor(Math.random() * 2 ** 31))
const writers = 6
/** Only ends a test that hangs. */
const longestMs = kills * 30_000

/** Reads the file of a store, as the next relay will find it. */
function valuesIn(file: string): ReadonlyMap<string, FileValue> {
  const start = { now: realClock.wall(), random: realClock.random() }
  const store = openStoreFile(file, { limits: defaultStoreLimits, start })
  try {
    return new Map([...store.values()].map((value) => [value.subject, value]))
  } finally {
    store.close()
  }
}

it.each([
  ['a relay', kills, []],
  ['the primary of two workers', Math.ceil(kills / 5), ['--workers', '2']],
])(
  '%s that is killed while clients write loses nothing that was acknowledged (FX-STO-3, FX-STO-4)',
  async (_, times, flags) => {
    const random = seededRandom(seed)
    const cwd = temporaryFolder()
    const file = path.join(cwd, 'wildcast.db')
    writeFileSync(
      path.join(cwd, 'wildcast.toml'),
      'port = 0\n[brokers.main]\ntype = "memory"\nstore = { sqlite = "wildcast.db" }\n',
    )
    const all = Array.from({ length: writers }, (_, i) => new StoreWriter(`w${i}`, random))
    let newest = ''
    for (let run = 0; run < times; run++) {
      const relay = start(['up', ...flags], { cwd })
      const [port] = await portsOf(relay, 1)
      // Some of them begin with nothing, and most are in the middle of a commit when it ends.
      const acknowledged = Math.floor(random() * 2000)
      await Promise.all(all.map((writer) => writer.begin(`ws://127.0.0.1:${port}/ws`, newest)))
      await expect
        .poll(() => all.reduce((sum, { acks }) => sum + acks, 0), { interval: 1 })
        .toBeGreaterThan(acknowledged)
      await killRelay(relay)
      await Promise.all(all.map((writer) => writer.end()))
      const values = valuesIn(file)
      expect(all.flatMap((writer) => writer.faults(values))).toEqual([])
      if (run % 20 === 0) console.log(`store kills: seed ${seed}, ${run + 1} of ${times}`)
      for (const writer of all) {
        writer.continueFrom(values)
        if (writer.newest > newest) newest = writer.newest
      }
    }
  },
  longestMs,
)
