import { expect, it } from 'vitest'
import type { WorkerSlot } from './place.js'
import { replaceEach } from './replace-each.js'

function scripted(name: string, log: string[], failure?: Error): WorkerSlot {
  return {
    async open() {
      log.push(`open ${name}`)
      if (failure) throw failure
    },
    async close() {
      log.push(`close ${name}`)
    },
    say: () => true,
    hand: () => true,
  }
}

it('opens each new slot before the old one closes, and that before the next one', async () => {
  const log: string[] = []
  const places = [scripted('old 0', log), scripted('old 1', log)]
  const fresh = [scripted('new 0', log), scripted('new 1', log)]
  await replaceEach(places, (i) => fresh[i] as WorkerSlot)
  expect(log).toEqual(['open new 0', 'close old 0', 'open new 1', 'close old 1'])
  expect(places).toEqual(fresh)
})

it('leaves the old slot and those after it if a new one can not be opened', async () => {
  const log: string[] = []
  const [first, second] = [scripted('old 0', log), scripted('old 1', log)]
  const places = [first, second]
  const fresh = [scripted('new 0', log), scripted('new 1', log, new Error('no'))]
  await expect(replaceEach(places, (i) => fresh[i] as WorkerSlot)).rejects.toThrow('no')
  expect(places).toEqual([fresh[0], second])
  expect(log).not.toContain('close old 1')
})
