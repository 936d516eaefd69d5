import { expect, it } from 'vitest'
import { replaceEach } from './replace-each.js'
import type { WorkerSlot } from './worker-slot.js'

function scripted(name: string, log: string[], failure?: Error): WorkerSlot {
  return {
    async open() {
      log.push(`open ${name}`)
      if (failure) throw failure
    },
    async close() {
      log.push(`close ${name}`)
    },
    send: () => true,
    pass: () => true,
  }
}

it('opens each new slot before the old one closes, and that before the next one', async () => {
  const log: string[] = []
  const slots = [scripted('old 0', log), scripted('old 1', log)]
  const fresh = [scripted('new 0', log), scripted('new 1', log)]
  await replaceEach(slots, (i) => fresh[i] as WorkerSlot)
  expect(log).toEqual(['open new 0', 'close old 0', 'open new 1', 'close old 1'])
  expect(slots).toEqual(fresh)
})

it('leaves the old slot and those after it if a new one can not be opened', async () => {
  const log: string[] = []
  const [first, second] = [scripted('old 0', log), scripted('old 1', log)]
  const slots = [first, second]
  const fresh = [scripted('new 0', log), scripted('new 1', log, new Error('no'))]
  await expect(replaceEach(slots, (i) => fresh[i] as WorkerSlot)).rejects.toThrow('no')
  expect(slots).toEqual([fresh[0], second])
  expect(log).not.toContain('close old 1')
})
